/** Everything that changes something, as one module to load. */
export { adopt } from "./adopt.ts";
export { clone } from "./clone.ts";
export { attachDisk, detachDisk } from "./disks.ts";
export { redefine } from "./edit.ts";
export { installEngine } from "./engine-install.ts";
export { exportMachine } from "./export.ts";
export { build, importImage, pull, removeImages } from "./images.ts";
export { importMachine } from "./import.ts";
export { launch } from "./launch.ts";
export { restart, start, stop } from "./power.ts";
export { rename } from "./rename.ts";
export { restoreSnapshot } from "./restore.ts";
export { changeSettings } from "./settings.ts";
export { createSnapshot, removeSnapshots } from "./snapshots.ts";
export { discardSaved, pause, resume, save } from "./suspend.ts";
export { purge, recover, remove } from "./trash.ts";
export { wait } from "./wait.ts";
