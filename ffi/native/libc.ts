import { koffi } from "./koffi.ts";
import type { Address } from "./types.ts";

type Libc = {
  readonly memcpy: (to: Uint8Array, from: Address, length: number) => unknown;
  readonly free: (address: Address) => void;
  readonly flock: (fd: number, operation: number) => number;
  readonly exit: (code: number) => void;
  /** Address of a C function that does nothing of note: a callback that never enters JavaScript. */
  readonly nothing: Address;
};

let bound: Libc | undefined;

/** The few functions of the C library that we need, found in this very process. */
export function libc(): Libc {
  if (bound === undefined) {
    const self = koffi().load(null);
    bound = {
      memcpy: self.func("void *memcpy(void *to, void *from, size_t length)"),
      free: self.func("void free(void *address)"),
      flock: self.func("int flock(int fd, int operation)"),
      exit: self.func("void _exit(int code)"),
      nothing: self.symbol("abs"),
    };
  }
  return bound;
}
