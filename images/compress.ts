import { ImageError } from "./errors.ts";
import { run } from "./process.ts";

/**
 * Writes the disk of a qcow2 file, which must stand alone, into a new compressed one without the pieces that hold nothing
 * but zeros. Seconds to minutes. Fails with `disk-full`, `program` or `tools`; when the signal fires, with `cancelled`.
 */
export async function compressImage(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const { code, stderr } = await run(
    ["qemu-img", "convert", "-f", "qcow2", "-O", "qcow2", "-o", "compat=1.1", "-c", "-W", from, to],
    { signal },
  );
  if (code === 0) return;
  const full = /No space left on device/.test(stderr);
  throw new ImageError(full ? "disk-full" : "program", `The image could not be compressed (qemu-img: ${code}).`, {
    why: stderr,
    next: full ? ["Free some space on this machine, then try again."] : [],
  });
}
