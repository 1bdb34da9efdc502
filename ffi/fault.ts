import type { WireFault } from "./wire/rows.ts";

const BRAND = Symbol.for("hutch.LibvirtFault");

/**
 * What went wrong below us, with libvirt's own numbers.
 *
 * `kind` says whose it is: `libvirt` (it refused, see `code`), `no-library`, `no-symbol` (too old), `lost` (the connection
 * is gone: the change may or may not have happened; the next call connects anew), `aborted` (by the caller; a call that
 * had begun goes on in the background), `file` (a local file to send or receive, see `errno`), `bug` (ours).
 */
export class LibvirtFault extends Error implements WireFault {
  override readonly name = "LibvirtFault";
  readonly code: number;
  readonly domain: number;
  readonly level: number;
  readonly fn: string;
  readonly errno: number;
  readonly kind: WireFault["kind"];
  readonly [BRAND] = true;

  constructor(fault: WireFault, options?: ErrorOptions) {
    super(fault.message, options);
    this.code = fault.code;
    this.domain = fault.domain;
    this.level = fault.level;
    this.fn = fault.fn;
    this.errno = fault.errno;
    this.kind = fault.kind;
  }
}

/** Holds across copies of this module (the library bundled twice), where `instanceof` would not. */
export function isLibvirtFault(error: unknown): error is LibvirtFault {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** A fault of our own making: no libvirt number belongs to it. */
export function ownFault(kind: WireFault["kind"], fn: string, message: string, options?: ErrorOptions): LibvirtFault {
  return new LibvirtFault({ kind, fn, message, code: 0, domain: 0, level: 2, errno: 0 }, options);
}

/** The plain form that crosses threads. What is no fault yet becomes a `bug`. */
export function toWireFault(error: unknown, fn: string): WireFault {
  if (!isLibvirtFault(error)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: "bug", fn, message, code: 0, domain: 0, level: 2, errno: 0 };
  }
  const { kind, message, code, domain, level, errno } = error;
  return { kind, fn: error.fn, message, code, domain, level, errno };
}
