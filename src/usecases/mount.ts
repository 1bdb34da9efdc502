/** Folders of the host in VMs: as devices that stay, or held by this process over ssh. */
import { guestScript } from "#cloud-init";
import type { HeldMount, MountRow } from "../core/enter.ts";
import { cancelled, type ErrorCode, HutchError } from "../core/errors.ts";
import type { Mount } from "../core/machine/record.ts";
import { isActive } from "../core/machine/status.ts";
import type { MountRequest } from "../core/mount-syntax.ts";
import type { LaunchRequest, PowerResult } from "../core/requests.ts";
import { findMachine, listMachines } from "../host/machines.ts";
import { runPiped } from "../host/processes.ts";
import { updateRecord } from "../host/records.ts";
import { serveFolder } from "../host/sftp/server.ts";
import { attachFolder, detachFolder, mountTag, type SharedFolder } from "../host/shared-folder.ts";
import { type SshTarget, sshArgv } from "../host/ssh/command.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { Operation, OpScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { eachMachine } from "./each-machine.ts";
import { ownedBy, ownedByUuid, type Reachable, reach, reachTarget } from "./guest.ts";
import { hostFolder, type MountWay, mountWay } from "./mount-way.ts";
import { undoOf } from "./undo-actions.ts";

const LOOK_EVERY_MS = 300;
/** Of the scripts' exit codes. */
const TAKEN = 41;

/** What is mounted where, of all VMs or of one. */
export async function mounts(ctx: Context, name?: string): Promise<readonly MountRow[]> {
  const machines = name === undefined ? await listMachines(ctx.client) : [await findMachine(ctx.client, name)];
  return machines
    .filter(({ record }) => record?.state === "made")
    .flatMap((machine) => (machine.record?.mounts ?? []).map((mount) => ({ ...mount, machine: machine.name })));
}

/** How `addMount` or `holdMount` would do it, in a word and a sentence. The VM must run. */
export async function wayOfMount(ctx: Context, name: string, request: MountRequest): Promise<MountWay> {
  hostFolder(request.hostPath);
  return mountWay(ctx, await reach(ctx, name), request);
}

/** As a device: there after every start. E_CONFLICT where the way is sshfs (see `holdMount`) or the place is taken. */
export function addMount(ctx: Context, name: string, request: MountRequest): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, "mount", "Mount a folder in", [name], async (op) => {
    const reached = await reach(ctx, name);
    const way = await mountWay(ctx, reached, request);
    if (way.by === "sshfs") {
      throw new HutchError({
        code: "E_CONFLICT",
        message: `A folder comes to ${reached.machine.name} ${way.why}.`,
        next: [`hutch mount ${request.hostPath} ${reached.machine.name}:${request.guestPath}`],
      });
    }
    const message = await mountDevice(ctx, op, reached, request, { by: way.by, now: way.now });
    return { name: reached.machine.name, done: true, message, warnings: [] };
  });
}

/** E_USAGE for a launch that ends before its folders could be mounted; E_NOT_FOUND for a folder that is not there. */
export function assertMountable({ mounts: wanted = [], start, waitFor }: LaunchRequest): void {
  for (const { hostPath } of wanted) hostFolder(hostPath);
  if (wanted.length === 0 || (start !== false && waitFor !== "running" && waitFor !== "address")) return;
  throw new HutchError({
    code: "E_USAGE",
    message: "--mount needs a VM that is followed to ssh at least, for the guest has its part in it.",
    next: ["hutch mount FOLDER NAME:/PATH, once it runs"],
  });
}

/** The folders of a launch, once its VM can be entered. Resolves to warnings: what is not there yet, and what holds it. */
export async function mountAll(
  ctx: Context,
  op: OpScope,
  uuid: string,
  requests: readonly MountRequest[],
): Promise<readonly string[]> {
  const said: string[] = [];
  for (const request of requests) {
    const machine = await ownedByUuid(ctx, uuid);
    const reached = { machine, target: await reachTarget(ctx, machine) };
    const { by, now, why } = await mountWay(ctx, reached, request);
    const what = `${request.hostPath} comes to ${machine.name} ${why}`;
    if (by === "sshfs") said.push(`${what}: hutch mount ${request.hostPath} ${machine.name}:${request.guestPath}`);
    else {
      await mountDevice(ctx, op, reached, request, { by, now });
      if (!now) said.push(`${what}.`);
    }
  }
  return said;
}

/** Resolves to what became of it, in words. */
export async function mountDevice(
  ctx: Context,
  op: OpScope,
  { machine, target }: Reachable,
  request: MountRequest,
  { by, now }: Pick<MountWay, "now"> & Pick<SharedFolder, "by">,
): Promise<string> {
  const folder = { ...mountOf(request, by), by };
  assertPlaceFree(machine.name, machine.record.mounts, folder);
  return op.step(`mount ${folder.guestPath}`, `Mount ${folder.hostPath}`, async (step) => {
    await step.undo(undoOf.folder(machine.uuid, machine.name, folder));
    await attachFolder(ctx.client, machine.uuid, folder, now);
    const words = [by, mountTag(folder.guestPath), folder.guestPath, flag(folder.readonly), flag(now)];
    await inGuest(ctx, target, "mount-device.sh", words, step.signal);
    await remember(ctx, machine.uuid, folder);
    return now ? `mounted at ${folder.guestPath} by ${by}` : `at ${folder.guestPath} by ${by} from the next start on`;
  });
}

/**
 * Over ssh: it is there until `close`, or until this process ends. The guest sees this folder and nothing else, as the user
 * who runs this. `signal` gives up while it is not there yet (E_CANCELLED). E_GUEST when the guest cannot have sshfs;
 * E_CONFLICT for a place that is taken.
 */
export async function holdMount(
  ctx: Context,
  name: string,
  request: MountRequest,
  options: { readonly signal?: AbortSignal } = {},
): Promise<HeldMount> {
  const { machine, target } = await reach(ctx, name);
  const folder = mountOf(request, "sshfs");
  assertPlaceFree(machine.name, machine.record.mounts, folder);
  if (await isMounted(ctx, target, folder.guestPath)) throw guestFault(target.name, TAKEN, "");
  const words = [folder.guestPath, target.user, flag(folder.readonly)];
  const cut = new AbortController();
  const argv = sshArgv(ctx.paths, target, { argv: asRoot("mount-sshfs.sh", words), tty: false });
  const piped = runPiped(argv, { signal: cut.signal });
  const { hostPath: path, readonly } = folder;
  const served = serveFolder({ path, readonly }, piped.stdout, piped.stdin);
  served.catch(() => piped.stdin.end());
  let ended = false;
  const ending = piped.ended.finally(async () => {
    ended = true;
    await forgetMount(ctx, machine.uuid, folder.guestPath);
  });
  ending.catch(() => undefined);
  while (!ended && !(await isMounted(ctx, target, folder.guestPath))) {
    if (options.signal?.aborted === true) cut.abort();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  if (ended) {
    const { code, stderr } = await ending;
    if (cut.signal.aborted) throw cancelled("Mounting the folder");
    throw guestFault(target.name, code ?? -1, stderr);
  }
  await remember(ctx, machine.uuid, folder);
  return {
    mount: { ...folder, machine: machine.name },
    ended: ending.then(() => undefined),
    close: async () => {
      if (!ended) await inGuest(ctx, target, "unmount.sh", [folder.guestPath, ""]);
      await ending;
    },
  };
}

/** Out of guest and VM. E_NOT_FOUND for what hutch did not mount; E_CONFLICT while it is in use there. */
export function removeMount(ctx: Context, name: string, guestPath: string): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, "umount", "Unmount a folder of", [name], async (op, found) => {
    const machine = ownedBy(found);
    const mount = machine.record.mounts.find((each) => each.guestPath === guestPath);
    if (mount === undefined) {
      throw new HutchError({
        code: "E_NOT_FOUND",
        message: `hutch has mounted nothing at ${machine.name}:${guestPath}.`,
        next: [`hutch mount (lists what is mounted)`],
      });
    }
    await op.step("umount", `Unmount ${guestPath}`, async (step) => {
      const { by } = mount;
      if (isActive(machine.status)) {
        const tag = by === "sshfs" ? "" : mountTag(guestPath);
        await inGuest(ctx, await reachTarget(ctx, machine), "unmount.sh", [guestPath, tag], step.signal);
      }
      if (by !== "sshfs") await detachFolder(ctx.client, machine.uuid, { ...mount, by });
      await forgetMount(ctx, machine.uuid, guestPath);
    });
    return { name: machine.name, done: true, message: `unmounted ${guestPath}`, warnings: [] };
  });
}

function mountOf({ hostPath, guestPath, readonly = false }: MountRequest, by: Mount["by"]): Mount {
  return { hostPath: hostFolder(hostPath), guestPath, readonly, by };
}

function assertPlaceFree(name: string, there: readonly Mount[], { guestPath }: Mount): void {
  const taken = there.find((mount) => mount.guestPath === guestPath);
  // One over ssh is gone when its process is; the guest itself says whether something is there.
  if (taken === undefined || taken.by === "sshfs") return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${taken.hostPath} is mounted at ${name}:${guestPath} already.`,
    next: [`hutch umount ${name}:${guestPath}`],
  });
}

async function remember(ctx: Context, uuid: string, mount: Mount): Promise<void> {
  await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({
    ...record,
    mounts: [...record.mounts.filter(({ guestPath }) => guestPath !== mount.guestPath), mount],
  }));
}

/** A VM that is gone has nothing to forget. */
async function forgetMount(ctx: Context, uuid: string, guestPath: string): Promise<void> {
  await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({
    ...record,
    mounts: record.mounts.filter((mount) => mount.guestPath !== guestPath),
  })).catch(() => undefined);
}

type Script = "mount-sshfs.sh" | "mount-device.sh" | "unmount.sh";

function asRoot(script: Script, words: readonly string[]): readonly string[] {
  return ["sudo", "-n", "sh", "-c", guestScript(script), script, ...words];
}

async function inGuest(
  ctx: Context,
  target: SshTarget,
  script: Script,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const { code, stderr } = await sshRun(ctx.paths, target, asRoot(script, words), signal && { signal });
  if (code !== 0) throw guestFault(target.name, code, stderr);
}

async function isMounted(ctx: Context, target: SshTarget, path: string): Promise<boolean> {
  return (await sshRun(ctx.paths, target, ["mountpoint", "-q", "--", path])).code === 0;
}

/** The scripts' exit codes. */
const WORDS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  40: ["E_GUEST", "sshfs is not in the guest, and could not be installed there"],
  [TAKEN]: ["E_CONFLICT", "something is mounted there already"],
  42: ["E_CONFLICT", "the place is no folder, and none can be made there"],
  43: ["E_GUEST", "the guest's kernel has no FUSE"],
  44: ["E_GUEST", "the guest's kernel has no driver for it"],
  45: ["E_CONFLICT", "it is in use in the guest"],
};

function guestFault(name: string, code: number, stderr: string): HutchError {
  const [error, message] = WORDS[code] ?? ["E_GUEST", `the guest ended it with ${code}`];
  return new HutchError({
    code: error,
    message: `The folder cannot be mounted or unmounted in ${name}: ${message}.`,
    ...(stderr.trim() === "" ? {} : { why: stderr.trim() }),
    next: code === 45 ? [`hutch exec ${name} -- sudo fuser -vm PATH`] : [`hutch exec ${name} -- mount`],
  });
}

function flag(on: boolean): string {
  return on ? "1" : "0";
}
