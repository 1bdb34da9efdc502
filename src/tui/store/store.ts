/** State outside React: changed by messages through one pure reducer, read by snapshot. */

export type Store<S, M> = {
  get(): S;
  send(message: M): void;
  /** Returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Resolves when that holds: at once, or after some change. */
  until(holds: (state: S) => boolean): Promise<void>;
};

export function createStore<S, M>(initial: S, reduce: (state: S, message: M) => S): Store<S, M> {
  let state = initial;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get: () => state,
    send: (message) => {
      const next = reduce(state, message);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds(state)) return;
          unsubscribe();
          resolve();
        };
        const unsubscribe = subscribe(look);
        look();
      }),
  };
}
