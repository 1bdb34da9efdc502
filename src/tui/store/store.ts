/** State outside React: changed by messages through one pure reducer, read by snapshot. */

export type Store<S, M> = {
  get(): S;
  send(message: M): void;
  /** Returns a function that ends it. */
  subscribe(listener: () => void): () => void;
};

export function createStore<S, M>(initial: S, reduce: (state: S, message: M) => S): Store<S, M> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    send: (message) => {
      const next = reduce(state, message);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
