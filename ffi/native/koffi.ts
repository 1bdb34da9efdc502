import { createRequire } from "node:module";

type Koffi = typeof import("koffi")["default"];

let loaded: Koffi | undefined;

/** koffi, loaded when first needed: it costs milliseconds that `--help` must not pay. */
export function koffi(): Koffi {
  loaded ??= load();
  return loaded;
}

/**
 * koffi's own entry finds this platform's package and adds what is deprecated, in twice the time that the package itself
 * takes to load. Where packages are laid out so that only koffi finds it, koffi does.
 */
function load(): Koffi {
  const require = createRequire(import.meta.url);
  try {
    return require(`@koromix/koffi-${process.platform}-${process.arch}`) as Koffi;
  } catch {
    return require("koffi") as Koffi;
  }
}
