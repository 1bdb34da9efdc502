import { resolve } from "node:path";
import { ImageError } from "./errors.ts";

/**
 * How qemu-img is given an image: as one file in one format. It then follows no parent or backing file, whatever the image
 * says, and takes nothing in the file's name for a protocol.
 */
export function aloneInFile(format: string, file: string): string {
  return `json:${JSON.stringify({ driver: format, file: { driver: "file", filename: resolve(file) }, backing: null })}`;
}

export function qemuImgMissing(): ImageError {
  return new ImageError("tools", "The program qemu-img is not installed.", {
    next: ["apt-get install --no-install-recommends qemu-utils"],
  });
}
