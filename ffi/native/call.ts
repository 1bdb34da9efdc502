/** The one place that calls libvirt: call, judge the result, read the error, all in one synchronous stretch. */
import { LibvirtFault, ownFault } from "../fault.ts";
import { VirErrorNumber } from "../generated/enums.gen.ts";
import type { FunctionName, Signatures } from "../generated/functions.gen.ts";
import { FUNCTIONS } from "../generated/functions.gen.ts";
import { virError } from "../generated/structs.gen.ts";
import { libc } from "./libc.ts";
import type { CFunction, LibraryNames } from "./library.ts";
import { Library } from "./library.ts";
import { copyOut, reader, takeString } from "./memory.ts";
import type { Address, FailRule, FunctionSpec } from "./types.ts";

/** Calls one C function. Fails with what libvirt said (kind `libvirt`), or `no-library`, `no-symbol`. */
export type Call = <F extends FunctionName>(fn: F, ...args: Parameters<Signatures[F]>) => ReturnType<Signatures[F]>;

type Bound = { readonly invoke: CFunction; readonly spec: FunctionSpec };

/**
 * A caller for this thread: libvirt's last error belongs to the thread that made the call. libvirt is loaded and its
 * writing to stderr stopped at the first call.
 */
export function createCall(names: LibraryNames): Call {
  const library = new Library(names);
  const bound = new Map<FunctionName, Bound>();

  const get = (fn: FunctionName): Bound => {
    let entry = bound.get(fn);
    if (entry === undefined) {
      if (bound.size === 0) library.bind("virSetErrorFunc")(null, libc().nothing);
      entry = { invoke: library.bind(fn), spec: FUNCTIONS[fn] };
      bound.set(fn, entry);
    }
    return entry;
  };

  const lastFault = (fn: FunctionName): LibvirtFault => {
    const address = get("virGetLastError").invoke() as Address | null;
    if (address === null) return ownFault("bug", fn, `${fn} failed without saying why.`);
    const error = reader(virError, copyOut(address, virError.size));
    const code = error("code");
    const fault = new LibvirtFault({
      kind: "libvirt",
      fn,
      code,
      domain: error("domain"),
      level: error("level"),
      message: error("message") ?? `${fn} failed`,
      errno: code === VirErrorNumber.SYSTEM_ERROR ? error("int1") : 0,
    });
    get("virResetLastError").invoke();
    return fault;
  };

  const call = (fn: FunctionName, ...args: readonly unknown[]): unknown => {
    const { invoke, spec } = get(fn);
    const result = invoke(...args);
    if (failed(spec.fails, result)) throw lastFault(fn);
    if (spec.result === "owned") return takeString(result as Address);
    return spec.result === "number" ? Number(result) : result;
  };
  return call as Call;
}

function failed(rule: FailRule, result: unknown): boolean {
  switch (rule) {
    case "negative":
      return Number(result) < 0;
    case "minus-one":
      return result === -1;
    case "null":
      return result === null;
    case "zero":
      return Number(result) === 0;
    case "never":
      return false;
  }
}
