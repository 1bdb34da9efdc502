/** Whether this host has a libvirt of its own, without asking it anything. */
import { existsSync } from "node:fs";

/** Daemons as distributions install them, and the sockets of the system's: some keep the daemon elsewhere. */
const SIGNS = [
  "/usr/sbin/libvirtd",
  "/usr/sbin/virtqemud",
  "/usr/bin/libvirtd",
  "/usr/bin/virtqemud",
  "/run/libvirt/libvirt-sock",
  "/run/libvirt/virtqemud-sock",
] as const;

/** A daemon that is installed, or the socket of the system's. */
export function hasOwnLibvirt(isThere: (path: string) => boolean = existsSync): boolean {
  return SIGNS.some(isThere);
}
