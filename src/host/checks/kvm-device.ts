import { accessSync, chmodSync, chownSync, constants, readFileSync, type Stats, statSync } from "node:fs";
import type { Check } from "../../core/requests.ts";
import type { Home } from "../home.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "kvm-device";
const TITLE = "/dev/kvm";
const DEVICE = "/dev/kvm";
const FIX = "sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm";
/** Whom distributions run QEMU as, in the system's daemon. */
const QEMU_USERS = ["libvirt-qemu", "qemu"];
const GROUP = "kvm";

/**
 * Whether QEMU's user may open it. A device that only root may open is worse than none: libvirt believes in KVM, looks
 * for it anew at every use, which takes a minute, and QEMU then fails.
 */
export async function checkKvmDevice({ home }: CheckContext): Promise<readonly Check[]> {
  if (!isOwnDaemon(home)) return [];
  const device = deviceState();
  if (device === null)
    return [check(ID, TITLE, "note", "not there: VMs are emulated", ["modprobe kvm_intel, or kvm_amd"])];
  if (home.mode === "session") {
    if (mayOpen()) return [check(ID, TITLE, "ok", "you may use it")];
    return [
      check(ID, TITLE, "warn", "you may not use it: VMs are emulated", [
        "sudo usermod -aG kvm $USER, then log in again",
      ]),
    ];
  }
  const user = qemuUser();
  if (user === null) return [check(ID, TITLE, "note", "there, but the user that runs QEMU is not known")];
  if (mayUse(device, user)) return [check(ID, TITLE, "ok", `${user.name} may use it`)];
  const mode = (device.mode & 0o777).toString(8).padStart(4, "0");
  return [
    check(
      ID,
      TITLE,
      "warn",
      `${user.name}, who runs QEMU, may not use it (mode ${mode}): every start of a VM is slow, and KVM fails`,
      [FIX],
    ),
  ];
}

/** What udev does elsewhere; null where nothing was to be done, or this user may not. */
export async function fixKvmDevice({ home }: CheckContext): Promise<string | null> {
  if (!isOwnDaemon(home) || home.mode !== "system" || process.getuid?.() !== 0) return null;
  const [device, user, group] = [deviceState(), qemuUser(), groupId(GROUP)];
  if (device === null || user === null || group === null || mayUse(device, user)) return null;
  chownSync(DEVICE, device.uid, group);
  chmodSync(DEVICE, 0o660);
  return `gave /dev/kvm to the group ${GROUP}`;
}

/** A daemon on a socket of its own choice may live among other devices than ours: they are not to be judged, let alone changed. */
function isOwnDaemon({ uri }: Home): boolean {
  return uri === "qemu:///system" || uri === "qemu:///session";
}

/** null also for a file that only stands in its place. */
function deviceState(): Stats | null {
  try {
    const stats = statSync(DEVICE);
    return stats.isCharacterDevice() ? stats : null;
  } catch {
    return null;
  }
}

function mayOpen(): boolean {
  try {
    accessSync(DEVICE, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

type User = { readonly name: string; readonly uid: number; readonly groups: readonly number[] };

export function mayUse({ mode, uid, gid }: Pick<Stats, "mode" | "uid" | "gid">, user: User): boolean {
  if (user.uid === uid) return (mode & 0o600) === 0o600;
  if (user.groups.includes(gid)) return (mode & 0o060) === 0o060;
  return (mode & 0o006) === 0o006;
}

function qemuUser(): User | null {
  for (const [name = "", , uid, gid] of entries("/etc/passwd")) {
    if (!QEMU_USERS.includes(name)) continue;
    const further = entries("/etc/group").flatMap(([group, , id, members]) =>
      group === GROUP || members?.split(",").includes(name) ? [Number(id)] : [],
    );
    return { name, uid: Number(uid), groups: [Number(gid), ...further] };
  }
  return null;
}

function groupId(name: string): number | null {
  const gid = entries("/etc/group").find(([group]) => group === name)?.[2];
  return gid === undefined ? null : Number(gid);
}

function entries(file: string): readonly (readonly string[])[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(":"));
}
