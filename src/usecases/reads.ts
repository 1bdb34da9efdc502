/** Everything that only looks, or hands the terminal to a guest, as one module to load. */
export { exec, shell } from "./access.ts";
export { engineStatus } from "./engine-status.ts";
export { hostNetworks, hostPools, hostSnapshots } from "./host-lists.ts";
export { imageInfo } from "./image-info.ts";
export { prunePlan } from "./image-removal.ts";
export { imageRows } from "./images.ts";
export { info } from "./info.ts";
export { plan } from "./launch.ts";
export { logs } from "./logs.ts";
export { losses } from "./trash.ts";
export { definition, hostSummary, sampleLoads, watch } from "./watch.ts";
