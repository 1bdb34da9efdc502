/** Everything that only looks, or hands the terminal to a guest, as one module to load. */
export { exec, shell } from "./access.ts";
export { bootOrder } from "./boot-order.ts";
export { engineStatus } from "./engine-status.ts";
export { events } from "./events.ts";
export { hostInfo } from "./host-info.ts";
export { hostNames } from "./host-names.ts";
export { imageInfo } from "./image-info.ts";
export { prunePlan } from "./image-removal.ts";
export { imageRows } from "./images.ts";
export { info } from "./info.ts";
export { plan } from "./launch.ts";
export { logs } from "./logs.ts";
export { networkInfo, networkLeases, networkRows } from "./networks.ts";
export { poolInfo, poolRows } from "./pools.ts";
export { runInGuest } from "./run-in-guest.ts";
export { stats } from "./stats.ts";
export { losses } from "./trash.ts";
