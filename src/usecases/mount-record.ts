/** What the record of a VM says of its shared folders. */
import { HutchError } from "../core/errors.ts";
import type { Mount } from "../core/machine/record.ts";
import type { MountRequest } from "../core/mount-syntax.ts";
import { shellWord } from "../core/shell-word.ts";
import { isHeld } from "../host/mount-holds.ts";
import { updateRecord } from "../host/records.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";
import { hostFolder } from "./mount-way.ts";

/** E_NOT_FOUND, E_USAGE for what is no folder here. */
export function mountOf({ hostPath, guestPath, readonly = false }: MountRequest, by: Mount["by"]): Mount {
  return { hostPath: hostFolder(hostPath), guestPath, readonly, by };
}

export function assertPlaceFree(name: string, there: readonly Mount[], { guestPath }: Mount): void {
  const taken = there.find((mount) => mount.guestPath === guestPath);
  // One over ssh is gone when its process is; the guest itself says whether something is there.
  if (taken === undefined || taken.by === "sshfs") return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${taken.hostPath} is mounted at ${name}:${guestPath} already.`,
    next: [`hutch umount ${name}:${guestPath}`],
  });
}

export async function remember(ctx: Context, uuid: string, mount: Mount): Promise<void> {
  await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({
    ...record,
    mounts: [...record.mounts.filter(({ guestPath }) => guestPath !== mount.guestPath), mount],
  }));
}

/** A VM that is gone has nothing to forget. */
export async function forgetMount(ctx: Context, uuid: string, guestPath: string): Promise<void> {
  await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({
    ...record,
    mounts: record.mounts.filter((mount) => mount.guestPath !== guestPath),
  })).catch(() => undefined);
}

/** What a start says of folders that it cannot bring back: by sshfs they come only from a process that holds them. */
export function missedMounts(
  { paths }: Pick<Context, "paths">,
  { uuid, name, record }: OwnedMachine,
): readonly string[] {
  return record.mounts
    .filter(({ by, guestPath }) => by === "sshfs" && !isHeld(paths, uuid, guestPath))
    .map(
      ({ hostPath, guestPath, readonly }) =>
        `${hostPath} is not at ${guestPath}: by sshfs it is there only while a hutch holds it, and none does here. ` +
        holdCommand(name, { hostPath, guestPath, readonly }),
    );
}

/** What a person types to have it there. */
export function holdCommand(name: string, { hostPath, guestPath, readonly = false }: MountRequest): string {
  const target = `${name}:${guestPath}`;
  return `hutch mount --by sshfs ${readonly ? "--read-only " : ""}${shellWord(hostPath)} ${shellWord(target)}`;
}
