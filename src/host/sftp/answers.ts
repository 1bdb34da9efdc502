/** What the server says: statuses, names and numbers, each as a packet's type and parts. */
import type { StatsFs } from "node:fs";
import { ANSWER, field, STATUS, u32, u64 } from "./packets.ts";

export type Answer = readonly [type: number, ...parts: Buffer[]];

export const OK = status(STATUS.OK, "");
export const DENIED = status(STATUS.PERMISSION_DENIED, "not permitted");

export function status(code: number, message: string): Answer {
  return [ANSWER.STATUS, u32(code), field(message), field("")];
}

export function failed(error: unknown): Answer {
  const code = error instanceof Error && "code" in error ? error.code : "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return status(STATUS.NO_SUCH_FILE, "not there");
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ELOOP":
      return DENIED;
    default:
      return status(STATUS.FAILURE, String(code));
  }
}

export function named(path: Buffer): Answer {
  return [ANSWER.NAME, u32(1), field(path), field(path), u32(0)];
}

export function spaceOf(space: StatsFs): Buffer {
  const { bsize, blocks, bfree, bavail, files, ffree } = space;
  const LONGEST_NAME = 255;
  const numbers = [bsize, bsize, blocks, bfree, bavail, files, ffree, ffree, 0, 0, LONGEST_NAME];
  return Buffer.concat(numbers.map((value) => u64(Number(value))));
}

export function versionOf(extension: string): string {
  return extension.startsWith("statvfs") ? "2" : "1";
}
