/** Everything that changes something, as one module to load. */
export { bake } from "./bake.ts";
export { disableBootOrder, enableBootOrder } from "./boot-order.ts";
export { installEngine } from "./engine-install.ts";
export { disableNames, enableNames } from "./host-names.ts";
export { pruneImages, removeImages } from "./image-removal.ts";
export { verifyImages } from "./image-verify.ts";
export { build, importImage, pull, push } from "./images.ts";
export { launch } from "./launch.ts";
export { createNetwork } from "./network-create.ts";
export { removeNetwork } from "./networks.ts";
export { addPool } from "./pools.ts";
export { restart, start, stop } from "./power.ts";
export { startInOrder } from "./start-in-order.ts";
export { purge, recover, remove } from "./trash.ts";
export { wait } from "./wait.ts";
