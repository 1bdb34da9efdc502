/** Long work, followed: it runs on whatever is looked at, can be cancelled, and its end is told. */
import { asHutchError } from "../../core/errors.ts";
import type { OpEvent } from "../../core/op/event.ts";
import type { Operation } from "../../index.ts";
import type { Message } from "../store/messages.ts";

/** Lines of a command that are kept to be shown at its end. */
const KEPT_LINES = 5000;

type Running = { readonly cancel: () => void; readonly abandon: () => void };

export class Jobs {
  readonly #send: (message: Message) => void;
  readonly #now: () => number;
  readonly #running = new Map<string, Running>();
  #next = 1;
  #waiting: (() => void)[] = [];

  constructor(send: (message: Message) => void, now: () => number) {
    this.#send = send;
    this.#now = now;
  }

  get running(): number {
    return this.#running.size;
  }

  async follow<T>(title: string, command: string, operation: Operation<T>): Promise<T | null> {
    const { id } = operation;
    this.#running.set(id, { cancel: () => operation.cancel(), abandon: () => operation.abandon() });
    this.#send({ m: "job", id, title, command, now: this.#now() });
    try {
      for await (const event of operation) this.#send({ m: "job-event", id, event });
      const result = await operation.result;
      this.#say(`${title}: done${warningsIn(result)}`, warningsIn(result) === "" ? "ok" : "warn");
      return result;
    } catch (error) {
      const { message, next, code } = asHutchError(error);
      this.#say([`${title}: ${message}`, ...next.slice(0, 1)].join("  "), code === "E_CANCELLED" ? "warn" : "danger");
      return null;
    } finally {
      this.#ended(id);
    }
  }

  /** A command without a terminal: its lines are the job's. Resolves to what it printed last. */
  async command(
    title: string,
    command: string,
    run: (onLine: (line: string) => void, signal: AbortSignal) => Promise<number>,
  ): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
    const id = `command-${this.#next++}`;
    const stop = new AbortController();
    const lines: string[] = [];
    const event = (part: Partial<OpEvent> & Pick<OpEvent, "k">) =>
      this.#send({ m: "job-event", id, event: { op: id, at: this.#now(), ...part } as OpEvent });
    this.#running.set(id, { cancel: () => stop.abort(), abandon: () => stop.abort() });
    this.#send({ m: "job", id, title, command, now: this.#now() });
    event({ k: "op.begin", kind: "command", title, subject: "" });
    const code = await run((line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      this.#send({ m: "job-lines", id, lines: [line] });
    }, stop.signal);
    this.#ended(id);
    event({ k: "op.end", how: code === 0 ? "done" : code === 130 ? "cancelled" : "failed" });
    if (code === 0) this.#say(`${title}: done`, "ok");
    else this.#say(`${title}: ${faultIn(lines) ?? `exit code ${code}`}`, "danger");
    return { code, lines };
  }

  /** Lines that are kept with a job, also after its end. */
  note(id: string, lines: readonly string[]): void {
    this.#send({ m: "job-lines", id, lines });
  }

  cancel(id: string): void {
    this.#running.get(id)?.cancel();
  }

  abandon(id: string): void {
    this.#running.get(id)?.abandon();
  }

  /** Resolves when the last of them has ended, undone. */
  async cancelAll(): Promise<void> {
    for (const { cancel } of this.#running.values()) cancel();
    await this.idle();
  }

  /** Resolves when none runs. */
  async idle(): Promise<void> {
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #ended(id: string): void {
    this.#running.delete(id);
    if (this.#running.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #say(text: string, tone: "ok" | "warn" | "danger"): void {
    this.#send({ m: "toast", toast: { text, tone, at: this.#now() } });
  }
}

/** What a command says went wrong; else what it said last. */
function faultIn(lines: readonly string[]): string | undefined {
  const said = lines.find((line) => line.startsWith(ERROR))?.slice(ERROR.length);
  return said ?? lines.findLast((line) => line.trim() !== "")?.trim();
}

const ERROR = "Error: ";

/** The first thing that a result warns of, or what was not done. */
function warningsIn(result: unknown): string {
  const rows = Array.isArray(result) ? result : [result];
  for (const row of rows) {
    if (typeof row !== "object" || row === null) continue;
    const { warnings, done, message, name } = row as Record<string, unknown>;
    if (done === false) return `, but ${String(name)}: ${String(message)}`;
    if (Array.isArray(warnings) && warnings.length > 0) return `, but ${String(warnings[0])}`;
  }
  return "";
}
