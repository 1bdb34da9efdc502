import type { OpEvent } from "../core/op/event.ts";

/** Long work as a value: iterate it for its events (any number of readers, each from the beginning), await `result`, cancel it. */
export interface Operation<T> extends AsyncIterable<OpEvent> {
  readonly id: string;
  readonly result: Promise<T>;
  /** Stops the work and undoes what it did; `result` rejects with E_CANCELLED. */
  cancel(): void;
  /** Stops undoing too; the error names what is left. */
  abandon(): void;
}
