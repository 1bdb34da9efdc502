/** Everything that only looks, or hands the terminal to a guest, as one module to load. */
export { exec, shell } from "./access.ts";
export { engineStatus } from "./engine-status.ts";
export { catalogueRows, imageRows } from "./images.ts";
export { info } from "./info.ts";
export { plan } from "./launch.ts";
export { logs } from "./logs.ts";
export { losses } from "./trash.ts";
