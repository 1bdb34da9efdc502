/** Into a VM by ssh: at once where the connection is open, and after a while of waiting where the VM is still starting. */
import { setTimeout } from "node:timers/promises";
import type { EnterOptions } from "../core/enter.ts";
import { HutchError } from "../core/errors.ts";
import { shellWord } from "../core/shell-word.ts";
import { isOpen, type Opening, tryToOpen } from "../host/ssh/connection.ts";
import type { OpScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { assertRuns, noAddressYet, noCard, ownedByUuid, type Reachable, runningMachine, sshTargetOf } from "./guest.ts";

/** As long as a VM takes to boot and a little more, in milliseconds. */
const PATIENCE_MS = { kvm: 60_000, tcg: 240_000 } as const;
const LOOK_EVERY_MS = 250;
/** What is done by then is not worth a word. */
const SOON_MS = 1_000;

/**
 * A VM of ours that runs, its shared connection open. Errors as `runningMachine`'s; E_GUEST when ssh refuses, or does not
 * answer within the time that a boot takes (`waits: false`: at once). An abort rejects with the signal's reason.
 */
export async function enter(
  ctx: Context,
  name: string,
  {
    asks = false,
    waits = true,
    signal,
    onWait,
  }: EnterOptions & {
    /** ssh may ask for a passphrase on the caller's terminal. */
    readonly asks?: boolean;
    readonly waits?: boolean;
  } = {},
): Promise<Reachable> {
  let machine = await runningMachine(ctx, name);
  let target = await sshTargetOf(ctx, machine);
  if (target !== null && (await isOpen(ctx.paths, target))) return { machine, target };
  const began = ctx.now();
  let told = false;
  for (;;) {
    if (target === null && machine.record.mac === "") throw noCard(machine.name);
    const opening: Opening | null = target && (await tryToOpen(ctx.paths, target, { asks, signal }));
    signal?.throwIfAborted();
    if (target !== null && opening?.state === "open") return { machine, target };
    if (opening?.state === "never") throw refused(machine.name, opening.said);
    const waited = ctx.now() - began;
    if (!waits || waited >= PATIENCE_MS[machine.record.accel])
      throw opening === null ? noAddressYet(machine.name) : unreached(machine.name, opening.said);
    if (!told && waited >= SOON_MS) {
      told = true;
      onWait?.();
    }
    await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
    machine = await ownedByUuid(ctx, machine.uuid);
    assertRuns(machine);
    target = await sshTargetOf(ctx, machine);
  }
}

/** The same for an operation, which shows a step when there is something to wait for. */
export async function enterWithin(ctx: Context, op: OpScope, name: string): Promise<Reachable> {
  let onWait = (): void => undefined;
  const waits = new Promise<true>((resolve) => {
    onWait = () => resolve(true);
  });
  const entering = enter(ctx, name, { signal: op.signal, onWait });
  const slow = await Promise.race([entering.then(() => false), waits]);
  return slow ? op.step(`enter ${name}`, `Wait for ssh in ${name}`, () => entering) : entering;
}

/** For what an abort ends, and does not fail. */
export async function unlessAborted<T>(entering: Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  try {
    return await entering;
  } catch (error) {
    if (signal?.aborted === true) return null;
    throw error;
  }
}

function refused(name: string, why: string): HutchError {
  return new HutchError({
    code: "E_GUEST",
    message: `${name} does not let hutch in by ssh.`,
    why,
    next: [`hutch exec --agent ${shellWord(name)} -- journalctl -n 30`, `hutch console ${shellWord(name)}`],
  });
}

export function unreached(name: string, said: string): HutchError {
  return new HutchError({
    code: "E_GUEST",
    message: `${name} cannot be reached by ssh.`,
    why: said.trim().split("\n").at(-1) ?? "",
    next: [`hutch wait ${shellWord(name)} --for ssh`, `hutch logs ${shellWord(name)}`],
  });
}
