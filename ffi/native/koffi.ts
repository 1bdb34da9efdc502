import { createRequire } from "node:module";

type Koffi = typeof import("koffi")["default"];

let loaded: Koffi | undefined;

/** koffi, loaded when first needed: it costs ten milliseconds that `--help` must not pay. */
export function koffi(): Koffi {
  loaded ??= createRequire(import.meta.url)("koffi") as Koffi;
  return loaded;
}
