/** Folders of the host for guests, as people write them. */
import { HutchError } from "./errors.ts";
import type { Mount } from "./machine/record.ts";

export const MOUNT_WAYS = ["virtiofs", "9p", "sshfs"] as const satisfies readonly Mount["by"][];

/** Where a folder of the host is to be seen; how, when it matters. */
export type MountRequest = {
  readonly hostPath: string;
  readonly guestPath: string;
  readonly readonly?: boolean;
  readonly by?: Mount["by"];
};

/** `NAME:/path`. E_USAGE. */
export function parseMountTarget(text: string): { readonly machine: string; readonly guestPath: string } {
  const [, machine, guestPath] = /^([^/:]+):(.*)$/s.exec(text) ?? [];
  if (machine !== undefined && guestPath !== undefined) return { machine, guestPath: guestFolder(guestPath) };
  throw new HutchError({
    code: "E_USAGE",
    message: `"${text}" names no place in a VM.`,
    next: ["Write it like web:/srv/site"],
  });
}

/** `HOSTDIR:/path[:ro]`, for `launch --mount`. E_USAGE. */
export function parseMount(text: string, flag = "--mount"): MountRequest {
  const [, hostPath, guestPath, mode] = /^(.+?):(\/[^:]*)(?::(ro|rw))?$/s.exec(text) ?? [];
  if (hostPath === undefined || guestPath === undefined) {
    throw new HutchError({
      code: "E_USAGE",
      message: `${flag} ${text}: it has the form FOLDER:/PATH, and :ro after it for read-only.`,
      next: [`Write it like ${flag} ./site:/srv/site:ro`],
    });
  }
  return { hostPath, guestPath: guestFolder(guestPath), ...(mode === "ro" ? { readonly: true } : {}) };
}

function guestFolder(path: string): string {
  const plain = path.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
  if (plain.startsWith("/") && plain !== "/" && !plain.includes("\0") && !/(?:^|\/)\.\.?(?:\/|$)/.test(plain))
    return plain;
  throw new HutchError({
    code: "E_USAGE",
    message: `"${path}" cannot be where a folder is mounted: it is a whole path in the guest, without . and .. in it.`,
    next: ["Write it like web:/srv/site"],
  });
}
