/** Everything that changes something, as one module to load. */

export { disableBootOrder, enableBootOrder } from "./boot-order.ts";
export { installEngine } from "./engine-install.ts";
export { disableNames, enableNames } from "./host-names.ts";
export { build, importImage, pull, removeImages } from "./images.ts";
export { launch } from "./launch.ts";
export { createNetwork } from "./network-create.ts";
export { removeNetwork } from "./networks.ts";
export { addPool } from "./pools.ts";
export { restart, start, stop } from "./power.ts";
export { startInOrder } from "./start-in-order.ts";
export { purge, recover, remove } from "./trash.ts";
export { wait } from "./wait.ts";
