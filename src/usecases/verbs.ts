/** Everything that changes something, as one module to load. */
export { bake } from "./bake.ts";
export { installEngine } from "./engine-install.ts";
export { pruneImages, removeImages } from "./image-removal.ts";
export { verifyImages } from "./image-verify.ts";
export { build, importImage, pull, push } from "./images.ts";
export { launch } from "./launch.ts";
export { restart, start, stop } from "./power.ts";
export { purge, recover, remove } from "./trash.ts";
export { wait } from "./wait.ts";
