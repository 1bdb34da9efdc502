/** A guest's file systems, held still by its agent for as long as something is taken of its disks. */
import type { StepScope } from "../ops/operation.ts";
import type { UndoEntry } from "../ops/undo.ts";
import type { Context } from "./context.ts";

/** An agent that is there answers in milliseconds; freezing waits for what is being written. */
const ANSWER_SECONDS = 5;
const FREEZE_SECONDS = 20;

/**
 * Works either way; `quiesced` tells whether the agent held them still. They are let go whatever comes of `work`, and by
 * `undo` if this process dies meanwhile.
 */
export async function heldStill(
  ctx: Context,
  uuid: string,
  { hasAgent, undo }: { readonly hasAgent: boolean; readonly undo: UndoEntry },
  step: StepScope,
  work: () => Promise<void>,
): Promise<{ readonly quiesced: boolean }> {
  if (!hasAgent || !(await answered(ask(ctx, uuid, "guest-ping", ANSWER_SECONDS)))) {
    await work();
    return { quiesced: false };
  }
  await step.undo(undo);
  const quiesced = await answered(ask(ctx, uuid, "guest-fsfreeze-freeze", FREEZE_SECONDS));
  try {
    await work();
  } finally {
    // Also when freezing was not answered: it may have happened.
    await letGo(ctx, uuid).catch(() =>
      step.note("The guest's agent did not say that the file systems were let go again.", "warn"),
    );
  }
  return { quiesced };
}

/** Those that are not held are let go without a word. */
export async function letGo(ctx: Context, uuid: string): Promise<void> {
  await ask(ctx, uuid, "guest-fsfreeze-thaw", FREEZE_SECONDS);
}

function ask(ctx: Context, uuid: string, command: string, timeoutSeconds: number): Promise<unknown> {
  return ctx.client.call("domain.agent", { uuid, command: JSON.stringify({ execute: command }), timeoutSeconds });
}

async function answered(asked: Promise<unknown>): Promise<boolean> {
  return asked.then(
    () => true,
    () => false,
  );
}
