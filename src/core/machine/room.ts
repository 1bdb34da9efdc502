/** What a VM can be given while it runs has to be decided before it starts. */
import type { HostLimits } from "./resolve.ts";
import type { MachineSpec } from "./spec.ts";

const MIB = 1024 ** 2;
/** A guest that may get memory above 4 GiB keeps 64 MiB of its own for reaching it: too much of a small one. */
const LEAST_MEMORY_MIB = 2048;
/** Every CPU that may come costs the guest a little memory from the beginning. */
const MOST_CPUS = 32;

/**
 * Up to what the host has. No more CPUs when emulated: a Linux of today takes no CPU that is plugged in unless it sees
 * a hypervisor that it knows, and QEMU's emulation is none.
 */
export function roomFor(
  spec: Pick<MachineSpec, "arch" | "cpus" | "memoryMiB">,
  accel: "kvm" | "tcg",
  host: HostLimits,
): { readonly cpus: number; readonly memoryMiB: number | null } {
  const most = Math.floor(host.memoryBytes / MIB / 2) * 2;
  const pluggable = spec.arch === "x86_64" && spec.memoryMiB >= LEAST_MEMORY_MIB && most > spec.memoryMiB;
  return {
    cpus: accel === "tcg" ? spec.cpus : Math.max(spec.cpus, Math.min(host.cpus, MOST_CPUS)),
    memoryMiB: pluggable ? most : null,
  };
}
