/** Folders by sshfs: served by this process over ssh, through every restart of the VM, until somebody ends it. */
import { setTimeout } from "node:timers/promises";
import type { HeldMount, HoldOptions } from "../core/enter.ts";
import { cancelled, HutchError } from "../core/errors.ts";
import type { Mount } from "../core/machine/record.ts";
import type { MountRequest } from "../core/mount-syntax.ts";
import { findMachineByUuid } from "../host/machines.ts";
import { takeHold } from "../host/mount-holds.ts";
import { runPiped } from "../host/processes.ts";
import { serveFolder } from "../host/sftp/server.ts";
import { type SshTarget, sshArgv } from "../host/ssh/command.ts";
import { SSH_FAILED, sshRun } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import { enter } from "./enter.ts";
import { ownedByUuid, sshTargetOf } from "./guest.ts";
import { asRoot, guestFault, inGuest, isMounted, lastWords, PLACE_TAKEN } from "./mount-in-guest.ts";
import { assertPlaceFree, forgetMount, mountOf, remember } from "./mount-record.ts";

const LOOK_EVERY_MS = 300;
/** A VM that went away is looked for this often. */
const AWAY_EVERY_MS = 2_000;
const MOUNTING = "Mounting the folder";
/** A guest that boots takes connections before it answers them. */
const ANSWER_MS = 10_000;

/**
 * Over ssh: it is there until `close`, or until this process ends; a VM that restarts or is started again has it again. The
 * guest sees this folder and nothing else, as the user who runs this. E_CANCELLED by `signal`; E_GUEST when the guest cannot
 * have sshfs; E_CONFLICT for a place that is taken, or that another process holds.
 */
export async function holdMount(
  ctx: Context,
  name: string,
  request: MountRequest,
  { signal, onTurn = () => undefined }: HoldOptions = {},
): Promise<HeldMount> {
  const { machine, target } = await enter(ctx, name, signal && { signal }).catch((error: unknown) => {
    throw signal?.aborted === true ? cancelled(MOUNTING) : error;
  });
  const { uuid } = machine;
  const folder = mountOf(request, "sshfs");
  assertPlaceFree(machine.name, machine.record.mounts, folder);
  const hold = takeHold(ctx.paths, uuid, folder.guestPath);
  if (hold === null) throw heldAlready(machine.name, folder);
  let link: Link | null;
  try {
    link = await mountOver(ctx, target, folder, signal);
    await remember(ctx, uuid, folder);
  } catch (error) {
    hold[Symbol.dispose]();
    throw error;
  }
  const closing = new AbortController();
  let leaving = false;
  const stay = async () => {
    while (link !== null) {
      const { code } = await link.ended;
      const { target: last } = link;
      link = null;
      if (leaving || (code !== SSH_FAILED && (await staysUp(ctx, last)))) return;
      onTurn("gone");
      link = await mountAgain(ctx, uuid, folder, closing.signal);
      if (link !== null) onTurn("back");
    }
  };
  const ended = stay().finally(async () => {
    await forgetMount(ctx, uuid, folder.guestPath);
    hold[Symbol.dispose]();
  });
  ended.catch(() => undefined);
  return {
    mount: { ...folder, machine: machine.name, held: true },
    ended,
    close: async () => {
      leaving = true;
      try {
        if (link !== null) await inGuest(ctx, link.target, "unmount.sh", [folder.guestPath, ""]);
      } catch (error) {
        // In use there: it stays. With the VM gone there is nothing to unmount.
        if (link !== null && (await isMounted(ctx, link.target, folder.guestPath))) {
          leaving = false;
          throw error;
        }
      }
      closing.abort();
      await ended;
    },
  };
}

/** One connection that carries it. */
type Link = {
  readonly target: SshTarget;
  /** How ssh ended. */
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
};

async function mountOver(
  ctx: Context,
  target: SshTarget,
  folder: Mount,
  signal: AbortSignal | undefined,
): Promise<Link> {
  if (await isMounted(ctx, target, folder.guestPath)) throw guestFault(target.name, PLACE_TAKEN, "");
  const words = [folder.guestPath, target.user, folder.readonly ? "1" : "0"];
  const cut = new AbortController();
  const argv = sshArgv(ctx.paths, target, { argv: asRoot("mount-sshfs.sh", words), tty: false });
  const piped = runPiped(argv, { signal: cut.signal });
  const { hostPath: path, readonly } = folder;
  serveFolder({ path, readonly }, piped.stdout, piped.stdin).catch(() => piped.stdin.end());
  let over = false;
  const ended = piped.ended
    .then(({ code, stderr }) => ({ code: code ?? SSH_FAILED, stderr }))
    .finally(() => {
      over = true;
    });
  ended.catch(() => undefined);
  while (!over && !(await isMounted(ctx, target, folder.guestPath))) {
    if (signal?.aborted === true) cut.abort();
    await setTimeout(LOOK_EVERY_MS);
  }
  if (!over) return { target, ended };
  const { code, stderr } = await ended;
  if (cut.signal.aborted) throw cancelled(MOUNTING);
  throw code === SSH_FAILED ? outOfReach(target.name, stderr) : guestFault(target.name, code, stderr);
}

/** Once the VM answers again; null when nobody waits for it any more: it was closed, unmounted elsewhere, or the VM is gone for good. */
async function mountAgain(ctx: Context, uuid: string, folder: Mount, signal: AbortSignal): Promise<Link | null> {
  for (;;) {
    await setTimeout(AWAY_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return null;
    const machine = await findMachineByUuid(ctx.client, uuid);
    if (machine === null) return null;
    const owned = await ownedByUuid(ctx, uuid);
    if (!owned.record.mounts.some(({ guestPath, by }) => by === "sshfs" && guestPath === folder.guestPath)) return null;
    if (owned.status.power !== "running") continue;
    const target = await sshTargetOf(ctx, owned);
    if (target === null || !(await staysUp(ctx, target))) continue;
    try {
      return await mountOver(ctx, target, folder, signal);
    } catch (error) {
      if (signal.aborted) return null;
      // It went away again meanwhile.
      if (await staysUp(ctx, target)) throw error;
    }
  }
}

/** Whether the guest answers, and is not on its way down. */
async function staysUp(ctx: Context, target: SshTarget): Promise<boolean> {
  const look = '[ "$(systemctl is-system-running 2>/dev/null)" != stopping ]';
  return (await sshRun(ctx.paths, target, ["sh", "-c", look], { timeoutMs: ANSWER_MS })).code === 0;
}

function heldAlready(name: string, { guestPath }: Mount): HutchError {
  return new HutchError({
    code: "E_CONFLICT",
    message: `Another hutch holds a folder at ${name}:${guestPath}.`,
    next: [`hutch umount ${name}:${guestPath}`],
  });
}

function outOfReach(name: string, stderr: string): HutchError {
  return new HutchError({
    code: "E_GUEST",
    message: `${name} was lost while the folder was being mounted.`,
    ...lastWords(stderr),
    next: [`hutch wait ${name} --for ssh`],
  });
}
