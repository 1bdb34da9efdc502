import { createHash, randomUUID } from "node:crypto";
import type { DiskIds } from "./disk-layout.ts";

/** Random; or, where a build is to come out the same again, made from what it is a build of. */
export function diskIds(name: string, sourceDateEpoch: number | undefined): DiskIds {
  const id = (what: string) =>
    sourceDateEpoch === undefined ? randomUUID() : uuidOf(`${name} ${sourceDateEpoch} ${what}`);
  return {
    disk: id("disk"),
    boot: id("boot"),
    esp: id("esp"),
    root: id("root"),
    rootFileSystem: id("root file system"),
    espVolume: id("esp volume").slice(0, 8),
  };
}

/** In the form of a UUID of version 8: made of a digest. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
