import type { Readable, Transform } from "node:stream";
import * as zlib from "node:zlib";
import { ImageError } from "./errors.ts";
import { programStream } from "./process.ts";

export type Packing = "xz" | "gzip" | "zstd" | "bzip2";

type Unpacker = {
  readonly packing: Packing;
  readonly magic: string;
  readonly program: string;
  readonly debian: string;
};

const UNPACKERS: readonly Unpacker[] = [
  { packing: "xz", magic: "\xfd7zXZ\0", program: "xz", debian: "xz-utils" },
  { packing: "gzip", magic: "\x1f\x8b", program: "gzip", debian: "gzip" },
  { packing: "zstd", magic: "\x28\xb5\x2f\xfd", program: "zstd", debian: "zstd" },
  { packing: "bzip2", magic: "BZh", program: "bzip2", debian: "bzip2" },
];

/** How these first bytes of a file say that it is packed; undefined when they do not. */
export function packingOf(start: Uint8Array): Packing | undefined {
  const text = Buffer.from(start.subarray(0, 6)).toString("latin1");
  return UNPACKERS.find(({ magic }) => text.startsWith(magic))?.packing;
}

/**
 * The bytes inside, as a stream: by Node where it can, by the packing's own program where not. The stream fails with
 * `unusable` when the packed bytes are damaged, `tools` when the program is missing, `cancelled` when the signal fires.
 */
export function unpacked(packed: Readable, packing: Packing, signal?: AbortSignal): Readable {
  const native = nativeUnpacker(packing);
  if (native !== undefined) {
    packed.once("error", (error) => native.destroy(error));
    return packed.pipe(native);
  }
  const { program, debian } = UNPACKERS.find((unpacker) => unpacker.packing === packing) ?? {
    program: packing,
    debian: "",
  };
  return programStream([program, "-dc"], packed, { signal }, (why) => {
    if (why === "missing") {
      return new ImageError("tools", `The program ${program} is not installed.`, {
        why: `The image is packed with ${packing}.`,
        next: [`apt-get install --no-install-recommends ${debian}`],
      });
    }
    return damaged(packing, why);
  });
}

export function damaged(packing: string, why: string): ImageError {
  return new ImageError("unusable", `The file cannot be unpacked: it is not whole ${packing} data.`, {
    why,
    next: ["Get the file again."],
  });
}

/** Node reads zstd since 22.15 only, and xz and bzip2 not at all. */
function nativeUnpacker(packing: Packing): Transform | undefined {
  if (packing === "gzip") return zlib.createGunzip();
  if (packing === "zstd" && "createZstdDecompress" in zlib) return zlib.createZstdDecompress();
  return undefined;
}
