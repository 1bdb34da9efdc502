import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ImageError } from "./errors.ts";
import { programStream } from "./process.ts";

export type Packing = "xz" | "gzip" | "zstd" | "bzip2";

type Unpacker = {
  readonly packing: Packing;
  readonly magic: RegExp;
  readonly program: string;
  readonly debian: string;
};

const UNPACKERS: readonly Unpacker[] = [
  { packing: "xz", magic: /^\xfd7zXZ\0/, program: "xz", debian: "xz-utils" },
  { packing: "gzip", magic: /^\x1f\x8b/, program: "gzip", debian: "gzip" },
  // A frame, or one to be skipped, as pzstd begins with.
  { packing: "zstd", magic: /^(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/, program: "zstd", debian: "zstd" },
  { packing: "bzip2", magic: /^BZh/, program: "bzip2", debian: "bzip2" },
];

/** How these first bytes of a file say that it is packed; undefined when they do not. */
export function packingOf(start: Uint8Array): Packing | undefined {
  const text = Buffer.from(start.subarray(0, 6)).toString("latin1");
  return UNPACKERS.find(({ magic }) => magic.test(text))?.packing;
}

/**
 * The bytes inside, as a stream: gzip by Node, all else by the packing's own program, for Node reads no xz and no bzip2, and of
 * zstd only the first frame. The stream fails with
 * `unusable` when the packed bytes are damaged, `tools` when the program is missing, `cancelled` when the signal fires.
 */
export function unpacked(packed: Readable, packing: Packing, signal?: AbortSignal): Readable {
  if (packing === "gzip") {
    const native = createGunzip();
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
