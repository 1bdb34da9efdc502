/** The guest's boot as its console tells it: notes for the running step, and the last lines for a failure. */
import { bootStage } from "#cloud-init";
import { consoleSource, followSource } from "../host/console-source.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";

/** Enough to see what a boot hangs on, few enough to read. */
const KEPT_LINES = 12;

export type BootWatch = AsyncDisposable & {
  readonly name: string;
  /** Later lines are notes of this step. */
  tell(step: StepScope): void;
  lastLines(): readonly string[];
};

/** Follows this boot, from its beginning where there is a log to read; stops when disposed. A console that cannot be read yields no lines. */
export function watchBoot(ctx: Context, machine: OwnedMachine): BootWatch {
  const stop = new AbortController();
  const lines: string[] = [];
  let teller: StepScope | null = null;

  const follow = async (): Promise<void> => {
    const source = await consoleSource(ctx.client, ctx.home, machine.uuid);
    const about = { uuid: machine.uuid, name: machine.name, signal: stop.signal };
    for await (const line of followSource(ctx.client, source, about)) {
      if (line.trim() === "") continue;
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      const stage = bootStage(line);
      if (stage !== null) teller?.note(stage.text, "guest");
    }
  };
  const following = follow().catch(() => undefined);

  return {
    name: machine.name,
    tell: (step) => {
      teller = step;
    },
    lastLines: () => [...lines],
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await following;
    },
  };
}
