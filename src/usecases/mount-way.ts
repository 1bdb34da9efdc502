/** Which way a folder of the host comes into a guest: as a device where that can be, else through ssh. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { HutchError } from "../core/errors.ts";
import type { Mount } from "../core/machine/record.ts";
import type { MountRequest } from "../core/mount-syntax.ts";
import { canPlugFolders, canShareFolders, hostCapabilities } from "../host/capabilities.ts";
import { hasSharedMemory } from "../host/shared-folder.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine, Reachable } from "./guest.ts";

export type MountWay = {
  readonly by: Mount["by"];
  /** Whether it is there at once, rather than from the next start on. */
  readonly now: boolean;
  /** In a sentence, for people. */
  readonly why: string;
};

/** A read-only virtiofs that the host keeps, not the guest. */
const READONLY_VIRTIOFS_SINCE = 11_000_000;

/** The best way that this host and this guest have; E_CONFLICT in words when `by` asks for one that they have not. */
export async function mountWay(ctx: Context, { machine, target }: Reachable, request: MountRequest): Promise<MountWay> {
  const noVirtiofs = await whyNoVirtiofs(ctx, machine, request);
  const no9p = ctx.home.remote ? REMOTE : (await carries9p(ctx, target)) ? null : "its kernel has no 9p";
  const obstacles: Readonly<Record<Mount["by"], string | null>> = { virtiofs: noVirtiofs, "9p": no9p, sshfs: null };
  const by = request.by ?? (noVirtiofs === null ? "virtiofs" : no9p === null ? "9p" : "sshfs");
  const obstacle = obstacles[by];
  if (obstacle !== null) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${machine.name} cannot have a folder by ${by}: ${obstacle}.`,
      next: ["Leave --by out: hutch takes the best way that there is."],
    });
  }
  if (by === "virtiofs") {
    return canPlugFolders(await hostCapabilities(ctx.client))
      ? { by, now: true, why: "by virtiofs: at once, and after every start" }
      : { by, now: false, why: "by virtiofs, from the next start on: this libvirt cannot plug it into a running VM" };
  }
  const instead = noVirtiofs === null ? "as asked" : `for virtiofs cannot be: ${noVirtiofs}`;
  if (by === "9p") return { by, now: false, why: `by 9p, ${instead}; it is there from the next start on` };
  return {
    by,
    now: true,
    why: `by sshfs, ${instead}${no9p === null ? "" : `; and ${no9p}`}. It lasts as long as hutch mount runs`,
  };
}

const REMOTE = "libvirt is on another host, and the folder on this one";

async function whyNoVirtiofs(ctx: Context, machine: OwnedMachine, request: MountRequest): Promise<string | null> {
  if (ctx.home.remote) return REMOTE;
  const capabilities = await hostCapabilities(ctx.client);
  if (!canShareFolders(capabilities, ctx.home)) {
    return ctx.home.mode === "session"
      ? "libvirt has virtiofs in session mode from 10.0 on only, and not here"
      : "this host's libvirt or QEMU has none";
  }
  const { xml } = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
  if (!hasSharedMemory(xml)) return "the VM was made without shared memory";
  if (request.readonly === true && capabilities.libVersion < READONLY_VIRTIOFS_SINCE)
    return "libvirt can keep it read-only from 11.0 on only";
  return null;
}

async function carries9p(ctx: Context, target: SshTarget): Promise<boolean> {
  const look = "grep -qw 9p /proc/filesystems || PATH=$PATH:/sbin:/usr/sbin modprobe -n 9p";
  return (await sshRun(ctx.paths, target, ["sh", "-c", look])).code === 0;
}

/** The folder as it really lies. E_NOT_FOUND, E_USAGE for what is none. */
export function hostFolder(path: string): string {
  if (!existsSync(path)) throw noFolder("E_NOT_FOUND", `There is no folder ${path} here.`);
  if (!statSync(path).isDirectory()) throw noFolder("E_USAGE", `${path} is no folder.`);
  return realpathSync(path);
}

function noFolder(code: "E_NOT_FOUND" | "E_USAGE", message: string): HutchError {
  return new HutchError({ code, message, next: ["A folder of this host and a path in the VM: ./site:/srv/site"] });
}
