/** Folders of the host in VMs, as devices that stay; those over ssh are in `held-mount.ts`. */
import type { MountRow } from "../core/enter.ts";
import { HutchError } from "../core/errors.ts";
import { isActive } from "../core/machine/status.ts";
import type { MountRequest } from "../core/mount-syntax.ts";
import type { LaunchRequest, PowerResult } from "../core/requests.ts";
import { findMachine, listMachines } from "../host/machines.ts";
import { isHeld } from "../host/mount-holds.ts";
import { attachFolder, detachFolder, mountTag, type SharedFolder } from "../host/shared-folder.ts";
import type { Operation, OpScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { eachMachine } from "./each-machine.ts";
import { enter, enterWithin } from "./enter.ts";
import { ownedBy, ownedByUuid, type Reachable, reachTarget } from "./guest.ts";
import { inGuest } from "./mount-in-guest.ts";
import { assertPlaceFree, forgetMount, holdCommand, mountOf, remember } from "./mount-record.ts";
import { hostFolder, type MountWay, mountWay } from "./mount-way.ts";
import { undoOf } from "./undo-actions.ts";

/** What is mounted where, of all VMs or of one. */
export async function mounts(ctx: Context, name?: string): Promise<readonly MountRow[]> {
  const machines = name === undefined ? await listMachines(ctx.client) : [await findMachine(ctx.client, name)];
  return machines
    .filter(({ record }) => record?.state === "made")
    .flatMap(({ name: machine, uuid, record }) =>
      (record?.mounts ?? []).map((mount) => ({
        ...mount,
        machine,
        held: mount.by === "sshfs" ? isHeld(ctx.paths, uuid, mount.guestPath) : null,
      })),
    );
}

/** How `addMount` or `holdMount` would do it, in a word and a sentence. The VM must run. */
export async function wayOfMount(ctx: Context, name: string, request: MountRequest): Promise<MountWay> {
  hostFolder(request.hostPath);
  return mountWay(ctx, await enter(ctx, name), request);
}

/** As a device: there after every start. E_CONFLICT where the way is sshfs (see `holdMount`) or the place is taken. */
export function addMount(ctx: Context, name: string, request: MountRequest): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, "mount", "Mount a folder in", [name], async (op) => {
    const reached = await enterWithin(ctx, op, name);
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
    next: ["hutch mount FOLDER NAME:/PATH: once it runs"],
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
    if (by === "sshfs") {
      const mount = mountOf(request, by);
      await remember(ctx, uuid, mount);
      said.push(`${request.hostPath} comes to ${machine.name} ${why}: ${holdCommand(machine.name, mount)}`);
    } else {
      await mountDevice(ctx, op, reached, request, { by, now });
      if (!now) said.push(`${request.hostPath} comes to ${machine.name} ${why}.`);
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

function flag(on: boolean): string {
  return on ? "1" : "0";
}
