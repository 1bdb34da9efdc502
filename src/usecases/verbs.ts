/** Everything that changes something, as one module to load. */
export { copy } from "./copy.ts";
export { installEngine } from "./engine-install.ts";
export { build, importImage, pull, removeImages } from "./images.ts";
export { launch } from "./launch.ts";
export { addMount, holdMount, removeMount } from "./mount.ts";
export { addPorts, removePorts } from "./ports.ts";
export { restart, start, stop } from "./power.ts";
export { keepSshConfig } from "./reach-from-outside.ts";
export { purge, recover, remove } from "./trash.ts";
export { wait } from "./wait.ts";
