/**
 * One runner for long work: steps with events, an undo stack that is written down before each act, cancellation.
 *
 * A failing or cancelled operation takes back what it did, last first, and names what it could not take back.
 */
import { asHutchError, cancelled, type HutchError, type Leftover } from "../core/errors.ts";
import type { OpEvent, OpOutcome } from "../core/op/event.ts";
import { Channel } from "./channel.ts";
import { Journal, type OpenEntry, type TryLock } from "./journal.ts";
import { leftoverOf, takeBack, type UndoActions, type UndoEntry } from "./undo.ts";

/** Long work as a value: iterate it for its events (any number of readers, each from the beginning), await `result`, cancel it. */
export interface Operation<T> extends AsyncIterable<OpEvent> {
  readonly id: string;
  readonly result: Promise<T>;
  /** Stops the work and undoes what it did; `result` rejects with E_CANCELLED. */
  cancel(): void;
  /** Stops undoing too; the error names what is left. */
  abandon(): void;
}

/** What the runner needs of the world. */
export type OpEnvironment = {
  readonly journalDirectory: string;
  /** The host acted on: a journal is replayed only against the same one. */
  readonly host: string;
  readonly tryLock: TryLock;
  readonly undo: UndoActions;
  readonly now: () => number;
  readonly newId: () => string;
  /** Resolves when every call that was begun has ended, abandoned ones too: undo must not race them. */
  readonly settled: () => Promise<void>;
  /** Called around each step, and after each undo is registered; what it throws is a failure there. For fault tests. */
  readonly probe?: (at: { readonly step: string; readonly phase: "before" | "undo" | "after" }) => void | Promise<void>;
};

export type OperationAbout = {
  readonly kind: string;
  readonly title: string;
  readonly subject: string;
  readonly signal?: AbortSignal | undefined;
};

/** What a step sees while it runs. */
export type StepScope = {
  readonly signal: AbortSignal;
  note(text: string, level?: "info" | "warn" | "guest"): void;
  progress(done: number, total: number | undefined, unit: "bytes" | "items"): void;
  /** Written down before the act that it takes back. */
  undo(entry: UndoEntry): Promise<void>;
  /** This step had nothing to do. */
  skip(): void;
};

export type OpScope = {
  readonly id: string;
  readonly signal: AbortSignal;
  step<T>(id: string, title: string, run: (step: StepScope) => Promise<T>): Promise<T>;
  /** From here on a failure leaves what was made; only a cancel still undoes it. */
  keepOnFailure(): void;
};

/** A call in flight may take this long to end before undoing gives up on it. */
const SETTLE_LIMIT_MS = 30_000;

export function startOperation<T>(
  env: OpEnvironment,
  about: OperationAbout,
  body: (op: OpScope) => Promise<T>,
): Operation<T> {
  const run = new Run(env, about);
  const result = run.execute(body);
  // A caller may iterate the events and never look at the result: that is no unhandled rejection.
  result.catch(() => undefined);
  return {
    id: run.id,
    result,
    cancel: () => run.cancel(),
    abandon: () => run.abandon(),
    [Symbol.asyncIterator]: () => run.channel[Symbol.asyncIterator](),
  };
}

class Run {
  readonly id: string;
  readonly channel = new Channel();
  readonly #env: OpEnvironment;
  readonly #about: OperationAbout;
  readonly #cancel = new AbortController();
  readonly #abandon = new AbortController();
  readonly #signal: AbortSignal;
  readonly #stack: OpenEntry[] = [];
  #registered = 0;
  #keep = false;

  constructor(env: OpEnvironment, about: OperationAbout) {
    this.id = env.newId();
    this.#env = env;
    this.#about = about;
    this.#signal =
      about.signal === undefined ? this.#cancel.signal : AbortSignal.any([this.#cancel.signal, about.signal]);
  }

  cancel(): void {
    this.#cancel.abort();
  }

  abandon(): void {
    this.#cancel.abort();
    this.#abandon.abort();
  }

  async execute<T>(body: (op: OpScope) => Promise<T>): Promise<T> {
    const { kind, title, subject } = this.#about;
    const head = { id: this.id, kind, title, subject, at: this.#env.now() };
    this.#emit({ k: "op.begin", op: this.id, kind, title, subject, at: head.at });
    try {
      const journal = Journal.begin(this.#env.journalDirectory, { ...head, host: this.#env.host }, this.#env.tryLock);
      return await this.#journalled(journal, body);
    } catch (error) {
      const fault = asHutchError(error);
      const how: OpOutcome = fault.code === "E_CANCELLED" ? "cancelled" : "failed";
      this.#emit({ k: "op.end", op: this.id, how, fault: fault.toData(), left: fault.left, at: this.#env.now() });
      throw fault;
    } finally {
      this.channel.close();
    }
  }

  async #journalled<T>(journal: Journal, body: (op: OpScope) => Promise<T>): Promise<T> {
    try {
      const value = await body(this.#scope(journal));
      this.#throwIfCancelled();
      journal.end(true);
      this.#emit({ k: "op.end", op: this.id, how: "done", at: this.#env.now() });
      return value;
    } catch (error) {
      const fault = this.#faultOf(error);
      const left = this.#keep && fault.code !== "E_CANCELLED" ? [] : await this.#undoAll(journal);
      journal.end(left.length === 0);
      throw fault.leaving(left);
    }
  }

  #scope(journal: Journal): OpScope {
    return {
      id: this.id,
      signal: this.#signal,
      step: (id, title, run) => this.#step(journal, id, title, run),
      keepOnFailure: () => {
        this.#keep = true;
      },
    };
  }

  async #step<T>(journal: Journal, step: string, title: string, run: (scope: StepScope) => Promise<T>): Promise<T> {
    this.#throwIfCancelled();
    const about = { op: this.id, step };
    let how: "done" | "skipped" = "done";
    this.#emit({ k: "step.begin", ...about, title, at: this.#env.now() });
    try {
      await this.#env.probe?.({ step, phase: "before" });
      const value = await run({
        signal: this.#signal,
        note: (text, level = "info") => this.#emit({ k: "step.note", ...about, level, text, at: this.#env.now() }),
        progress: (done, total, unit) =>
          this.#emit({
            k: "step.progress",
            ...about,
            done,
            ...(total === undefined ? {} : { total }),
            unit,
            at: this.#env.now(),
          }),
        undo: (entry) => this.#register(journal, step, entry),
        skip: () => {
          how = "skipped";
        },
      });
      await this.#env.probe?.({ step, phase: "after" });
      this.#emit({ k: "step.end", ...about, how, at: this.#env.now() });
      return value;
    } catch (error) {
      const fault = this.#faultOf(error);
      this.#emit({ k: "step.end", ...about, how: "failed", fault: fault.toData(), at: this.#env.now() });
      throw fault;
    }
  }

  async #register(journal: Journal, step: string, entry: UndoEntry): Promise<void> {
    const n = this.#registered++;
    journal.registered(n, entry);
    this.#stack.push({ n, entry });
    await this.#env.probe?.({ step, phase: "undo" });
  }

  async #undoAll(journal: Journal): Promise<readonly Leftover[]> {
    const left: Leftover[] = [];
    if (this.#stack.length > 0 && !(await this.#settle())) {
      return this.#stack
        .map(({ entry }) => ({ ...leftoverOf(entry), what: `${entry.what} (uncertain: a call is still under way)` }))
        .reverse();
    }
    for (const { n, entry } of this.#stack.reverse()) {
      if (this.#abandon.signal.aborted) {
        left.push(leftoverOf(entry));
        continue;
      }
      const undo = `${n}`;
      this.#emit({ k: "undo.begin", op: this.id, undo, title: entry.what, at: this.#env.now() });
      try {
        await this.#unlessAbandoned(takeBack(this.#env.undo, entry));
        journal.undone(n);
        this.#emit({ k: "undo.end", op: this.id, undo, at: this.#env.now() });
      } catch (error) {
        left.push(leftoverOf(entry));
        this.#emit({ k: "undo.end", op: this.id, undo, fault: asHutchError(error).toData(), at: this.#env.now() });
      }
    }
    return left;
  }

  async #settle(): Promise<boolean> {
    const limit = AbortSignal.any([AbortSignal.timeout(SETTLE_LIMIT_MS), this.#abandon.signal]);
    return Promise.race([this.#env.settled().then(() => true), whenAborted(limit).then(() => false)]);
  }

  #unlessAbandoned<T>(work: Promise<T>): Promise<T> {
    const abandoned = whenAborted(this.#abandon.signal).then(() => {
      throw new Error("not waited for");
    });
    return Promise.race([work, abandoned]);
  }

  /** After a cancel every failure is the cancel: an aborted call has no other story to tell. */
  #faultOf(error: unknown): HutchError {
    if (!this.#signal.aborted) return asHutchError(error);
    return cancelled(this.#about.title);
  }

  #throwIfCancelled(): void {
    if (this.#signal.aborted) throw cancelled(this.#about.title);
  }

  #emit(event: OpEvent): void {
    this.channel.push(event);
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
