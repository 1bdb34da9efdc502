/** Folders of the host as devices of a VM: virtiofs, which can be plugged into a running one, and 9p, which cannot. */
import { createHash } from "node:crypto";
import { VirDomainModificationImpact as Impact, type LibvirtClient, VirErrorNumber } from "#ffi";
import type { Mount } from "../core/machine/record.ts";
import { libvirtCode } from "./faults.ts";
import { attribute, childAt, parseXml } from "./xml.ts";
import { el, render } from "./xml-emit.ts";

export type SharedFolder = Pick<Mount, "hostPath" | "guestPath" | "readonly"> & { readonly by: "virtiofs" | "9p" };

/** The name that the guest mounts it by: at most 31 bytes for 9p, and the same for the same place. */
export function mountTag(guestPath: string): string {
  return `hutch-${createHash("sha256").update(guestPath).digest("hex").slice(0, 16)}`;
}

export function sharedFolderXml({ hostPath, guestPath, readonly, by }: SharedFolder): string {
  const virtiofs = by === "virtiofs";
  return render(
    el(
      "filesystem",
      { type: "mount", accessmode: virtiofs ? "passthrough" : "mapped" },
      el("driver", { type: virtiofs ? "virtiofs" : "path" }),
      el("source", { dir: hostPath }),
      el("target", { dir: mountTag(guestPath) }),
      // libvirt has it for virtiofs from 11.0 on, and hutch gives no read-only folder to an older one.
      readonly ? el("readonly") : null,
    ),
  );
}

/** Into the definition, and with `live` into the running VM. libvirt's errors, translated. */
export async function attachFolder(
  client: LibvirtClient,
  uuid: string,
  folder: SharedFolder,
  live: boolean,
): Promise<void> {
  const flags = live ? Impact.LIVE | Impact.CONFIG : Impact.CONFIG;
  await client.call("domain.attachDevice", { uuid, xml: sharedFolderXml(folder), flags });
}

/** Out of the definition and of the running VM. One that is not there is no failure. */
export async function detachFolder(client: LibvirtClient, uuid: string, folder: SharedFolder): Promise<void> {
  const xml = sharedFolderXml(folder);
  for (const flags of [Impact.LIVE, Impact.CONFIG]) {
    try {
      await client.call("domain.detachDevice", { uuid, xml, flags });
    } catch (error) {
      const code = libvirtCode(error);
      // Not running, not there, or a driver that says "no such device" in its own way.
      if (code === VirErrorNumber.OPERATION_INVALID || code === VirErrorNumber.DEVICE_MISSING) continue;
      if (
        code === VirErrorNumber.OPERATION_FAILED &&
        /no (?:filesystem|such)|not (?:found|present)/i.test(String(error))
      )
        continue;
      throw error;
    }
  }
}

/** Whether another program of the host may look into the VM's memory, as virtiofs must. Decided at birth. */
export function hasSharedMemory(xml: string): boolean {
  return attribute(childAt(parseXml(xml, "a domain"), "memoryBacking", "access"), "mode") === "shared";
}
