/** The doctor's round: cheap and local first, each group on its own, so that one that fails hides none of the others. */
import { isHutchError } from "../../core/errors.ts";
import type { Check } from "../../core/requests.ts";
import { checkAcceleration } from "./acceleration.ts";
import { type CheckContext, type CheckGroup, check } from "./context.ts";
import { checkDaemon } from "./daemon.ts";
import { checkDeadImports, fixDeadImports } from "./dead-imports.ts";
import { checkDiskSpace } from "./disk-space.ts";
import { checkDockerForward } from "./docker-forward.ts";
import { checkForwarders, fixForwarders } from "./forwarders.ts";
import { checkImageSignatures } from "./image-signatures.ts";
import { checkKvmDevice, fixKvmDevice } from "./kvm-device.ts";
import { checkLibrary } from "./library.ts";
import { checkNetwork, fixNetwork } from "./network.ts";
import { checkPool, fixPool } from "./pool.ts";
import { checkQemu } from "./qemu.ts";

const GROUPS: readonly (readonly [id: string, title: string, group: CheckGroup])[] = [
  ["library", "libvirt", checkLibrary],
  ["daemon", "libvirt's daemon", checkDaemon],
  ["qemu", "QEMU", checkQemu],
  ["acceleration", "Acceleration", checkAcceleration],
  ["kvm-device", "/dev/kvm", checkKvmDevice],
  ["pool", "Storage pool", checkPool],
  ["disk-space", "Disk space", checkDiskSpace],
  ["dead-imports", "Image store", checkDeadImports],
  ["network", "Network", checkNetwork],
  ["docker-forward", "Docker on this host", checkDockerForward],
  ["forwarders", "Ports that systemd leads", checkForwarders],
  ["image-signatures", "Image signatures", checkImageSignatures],
];

/** Looks and changes nothing. */
export async function runChecks(ctx: CheckContext): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const [id, title, group] of GROUPS) {
    try {
      checks.push(...(await group(ctx)));
    } catch (error) {
      const next = isHutchError(error) ? error.next : [];
      checks.push(check(id, title, "fail", error instanceof Error ? error.message : String(error), next));
    }
  }
  // That is what runs here.
  return checks.map((each) => ({ ...each, fix: each.fix.filter((line) => line !== "hutch doctor") }));
}

/** Repairs what is safe to repair and resolves to what it did. What cannot be repaired is left for the checks to tell. */
export async function runFixes(ctx: CheckContext): Promise<readonly string[]> {
  const done: string[] = [];
  for (const fix of [fixKvmDevice, fixPool, fixDeadImports, fixNetwork, fixForwarders]) {
    const did = await fix(ctx).catch(() => null);
    if (did !== null) done.push(did);
  }
  return done;
}
