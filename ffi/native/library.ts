/** Finds libvirt and binds its functions, each when it is first called. */
import { ownFault } from "../fault.ts";
import { FUNCTIONS } from "../generated/functions.gen.ts";
import { koffi } from "./koffi.ts";
import type { FunctionSpec } from "./types.ts";

/** What to open for each library; tests put other names here. */
export type LibraryNames = { readonly [L in FunctionSpec["library"]]: string };

/** The ABI names: libvirt has never changed them. */
export const LIBRARY_NAMES: LibraryNames = { libvirt: "libvirt.so.0", "libvirt-qemu": "libvirt-qemu.so.0" };

const PACKAGES = "Debian and Ubuntu: libvirt0 · Fedora and EL: libvirt-libs · openSUSE: libvirt-libs · Arch: libvirt";

export type CFunction = (...args: readonly unknown[]) => unknown;

export class Library {
  readonly #names: LibraryNames;
  readonly #open = new Map<string, ReturnType<ReturnType<typeof koffi>["load"]>>();

  constructor(names: LibraryNames) {
    this.#names = names;
  }

  /** Fails with kind `no-library` or `no-symbol`. */
  bind(name: keyof typeof FUNCTIONS): CFunction {
    const spec = FUNCTIONS[name];
    const library = this.#load(this.#names[spec.library]);
    try {
      return library.func(spec.c);
    } catch (cause) {
      const message = `This needs libvirt ≥ ${spec.since}: the libvirt on this machine has no ${name}.`;
      throw ownFault("no-symbol", name, message, { cause });
    }
  }

  #load(file: string) {
    let library = this.#open.get(file);
    if (library === undefined) {
      try {
        // Lazy: of the thousands of symbols in the libraries below libvirt a command uses a few.
        library = koffi().load(file, { lazy: true });
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        const message = `libvirt's client library (${file}) cannot be loaded: ${why}. Install it: ${PACKAGES}.`;
        throw ownFault("no-library", "dlopen", message, { cause });
      }
      this.#open.set(file, library);
    }
    return library;
  }
}
