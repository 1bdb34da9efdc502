/** What builds or asks the network, loaded when it is called: the catalogue is listed by commands that do neither. */
import type { buildImage as Build } from "./build/build-image.ts";
import type { download as Download } from "./download.ts";
import type { resolveImage as Resolve, verifyImage as Verify } from "./resolve.ts";
import type { resolveFromMirror as Mirror } from "./resolve-mirror.ts";

export const buildImage: typeof Build = async (...args) => (await import("./build/build-image.ts")).buildImage(...args);

export const download: typeof Download = async (...args) => (await import("./download.ts")).download(...args);

export const resolveImage: typeof Resolve = async (...args) => (await import("./resolve.ts")).resolveImage(...args);

export const resolveFromMirror: typeof Mirror = async (...args) =>
  (await import("./resolve-mirror.ts")).resolveFromMirror(...args);

export const verifyImage: typeof Verify = async (...args) => (await import("./resolve.ts")).verifyImage(...args);
