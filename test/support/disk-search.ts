import { open } from "node:fs/promises";
import { runTool } from "./tool.ts";

type Extent = { readonly start: number; readonly length: number; readonly data: boolean; readonly zero: boolean };

const CHUNK_BYTES = 8 * 1024 ** 2;

/**
 * Where each of these byte strings occurs on a qcow2 file's disk, as the guest has it: every byte is looked at, in files, free
 * space and the file system's own tables. `rawFile` is written, and is the raw disk afterwards.
 */
export async function searchDisk(
  file: string,
  rawFile: string,
  wanted: Readonly<Record<string, Buffer>>,
): Promise<readonly { readonly what: string; readonly offset: number }[]> {
  await runTool(["qemu-img", "convert", "-f", "qcow2", "-O", "raw", file, rawFile]);
  const map = JSON.parse(
    await runTool(["qemu-img", "map", "-f", "raw", "--output=json", rawFile]),
  ) as readonly Extent[];
  const longest = Math.max(...Object.values(wanted).map(({ length }) => length));
  const found: { what: string; offset: number }[] = [];
  const disk = await open(rawFile);
  try {
    for (const { start, length } of map.filter(({ data, zero }) => data && !zero)) {
      for (let at = start; at < start + length; at += CHUNK_BYTES) {
        // With the beginning of the next piece, for what lies across.
        const size = Math.min(CHUNK_BYTES + longest, start + length - at);
        const { buffer } = await disk.read(Buffer.alloc(size), 0, size, at);
        for (const [what, bytes] of Object.entries(wanted)) {
          const index = buffer.indexOf(bytes);
          if (index !== -1) found.push({ what, offset: at + index });
        }
      }
    }
  } finally {
    await disk.close();
  }
  return found;
}
