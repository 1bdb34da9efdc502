import type { LaunchRequest } from "../../src/core/requests.ts";

const MIB = 1024 ** 2;

/** The order of a VM with an empty disk, followed until it runs: seconds, no guest. */
export function blankVm(name: string, image: string): LaunchRequest {
  return { name, image, cpus: 1, memoryMiB: 64, diskBytes: 16 * MIB, accel: "tcg", waitFor: "running" };
}
