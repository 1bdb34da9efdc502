import type { Lane, LaneCall } from "./lane.ts";

const MOST_LANES = 4;

/**
 * Which thread makes a call: calls for one machine keep their order, and no machine waits for another while a thread is
 * idle or may still be started. So a slow stop of one holds up only itself.
 */
export class ControlLanes {
  readonly #make: () => Lane;
  readonly #lanes: Lane[] = [];
  /** Where a machine's last call went, and how many of its calls wait or run there. */
  readonly #busy = new Map<string, { readonly lane: Lane; calls: number }>();

  constructor(make: () => Lane) {
    this.#make = make;
  }

  /** Runs one call of the machine `uuid` (null: of none) on the lane that suits it. */
  run<T>(uuid: string | null, call: (lane: Lane) => LaneCall<T>): LaneCall<T> {
    if (uuid === null) return call(this.#idlest());
    const entry = this.#busy.get(uuid) ?? { lane: this.#idlest(), calls: 0 };
    this.#busy.set(uuid, entry);
    entry.calls += 1;
    const begun = call(entry.lane);
    void begun.ended.then(() => {
      entry.calls -= 1;
      if (entry.calls === 0) this.#busy.delete(uuid);
    });
    return begun;
  }

  async running(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.running()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #idlest(): Lane {
    const [first] = this.#lanes.toSorted((a, b) => a.load - b.load);
    if (first !== undefined && (first.load === 0 || this.#lanes.length === MOST_LANES)) return first;
    const lane = this.#make();
    this.#lanes.push(lane);
    return lane;
  }
}
