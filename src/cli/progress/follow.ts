/** Long work, seen from the command line: progress on stderr, Ctrl-C, and its result. */
import { HutchError } from "../../core/errors.ts";
import type { OpEvent } from "../../core/op/event.ts";
import { NO_OPERATION, type OpState, reduce } from "../../core/op/reduce.ts";
import type { Operation } from "../../index.ts";
import type { Cli } from "../cli.ts";
import { ndjson } from "../render/document.ts";
import { plain } from "../render/plain.ts";
import type { StopSignal } from "../terminal.ts";
import { frame } from "./frame.ts";
import { liveBlock } from "./live-block.ts";
import { plainLines } from "./plain-lines.ts";

type Show = {
  event(index: number, states: readonly OpState[], event: OpEvent): void | Promise<void>;
  say(text: string): void;
  end(): void;
};

/** Follows one operation to its end. Rejects as it does. */
export async function follow<T>(cli: Cli, operation: Operation<T>): Promise<T> {
  const [settled] = await followAll(cli, [operation]);
  if (settled?.status === "fulfilled") return settled.value;
  throw settled?.reason ?? new HutchError({ code: "E_BUG", message: "An operation ended without a result." });
}

/** Follows operations side by side; the first Ctrl-C cancels all of them, the second stops their undoing. */
export async function followAll<T>(
  cli: Cli,
  operations: readonly Operation<T>[],
): Promise<readonly PromiseSettledResult<T>[]> {
  const states = operations.map(() => NO_OPERATION);
  const show = showFor(cli, operations.length);
  const release = onStop(cli, show, operations);
  try {
    await Promise.all(
      operations.map(async (operation, index) => {
        for await (const event of operation) {
          states[index] = reduce(states[index] ?? NO_OPERATION, event);
          await show.event(index, states, event);
        }
      }),
    );
    return await Promise.allSettled(operations.map(({ result }) => result));
  } finally {
    show.end();
    release();
    for (const warning of states.flatMap(({ warnings }) => warnings)) cli.warn(warning);
  }
}

function onStop(cli: Cli, show: Show, operations: readonly Operation<unknown>[]): () => void {
  const stop = (signal: StopSignal) => () => {
    if (cli.stoppedBy === null) {
      cli.stoppedBy = signal;
      show.say("Cancelling, and undoing what was done. Ctrl-C again stops the undoing.");
      for (const operation of operations) operation.cancel();
    } else {
      for (const operation of operations) operation.abandon();
    }
  };
  const releases = (["SIGINT", "SIGTERM"] as const).map((signal) => cli.terminal.onSignal(signal, stop(signal)));
  return () => {
    for (const release of releases) release();
  };
}

function showFor(cli: Cli, many: number): Show {
  const { stderr, env } = cli.terminal;
  if (cli.format === "ndjson") {
    return {
      event: (_index, _states, event) => cli.write(ndjson(event)),
      say: () => undefined,
      end: () => undefined,
    };
  }
  if (cli.globals.quiet) return { event: () => undefined, say: () => undefined, end: () => undefined };
  if (stderr.isTTY !== true || env["TERM"] === "dumb") return plainShow(cli, many);
  return liveShow(cli);
}

function plainShow(cli: Cli, many: number): Show {
  const lines = Array.from({ length: many }, () => plainLines(many > 1, cli.globals.verbose));
  return {
    event: (index, states, event) => {
      const state = states[index];
      if (state === undefined) return;
      if (event.k === "step.note" && event.level === "warn") cli.warn(event.text);
      for (const line of lines[index]?.(state, event) ?? []) cli.say(line);
    },
    say: (text) => cli.say(text),
    end: () => undefined,
  };
}

function liveShow(cli: Cli): Show {
  const { stderr } = cli.terminal;
  let shown: readonly OpState[] = [];
  const block = liveBlock(stderr, () =>
    frame(shown, {
      now: Date.now(),
      columns: stderr.columns ?? 80,
      rows: Math.max(1, (stderr.rows ?? 24) - 1),
      paint: cli.paint,
    }),
  );
  return {
    event: (_index, states, event) => {
      shown = states;
      if (cli.globals.verbose && event.k === "step.note" && event.level !== "warn")
        block.above(cli.paint.dim(plain(event.text)));
      else block.changed();
    },
    say: (text) => block.above(text),
    end: () => block.end(),
  };
}
