/** Whether what the pool holds is what was put there: bytes through libvirt, so that it holds for pools that cannot be read. */
import { type LibvirtClient, VirErrorNumber } from "#ffi";
import { PieceDigest } from "#images";
import { cancelled } from "../core/errors.ts";
import { libvirtCode } from "./faults.ts";
import type { Pool } from "./pool.ts";

/** Few enough calls, little enough memory; a cancel waits for one. */
const PIECE_BYTES = 16 * 1024 * 1024;

export type VolumeDigestOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress: (doneBytes: number) => void;
};

/**
 * SHA-256 of the first `bytes` of a volume and of whatever lies behind them, in hex; `missing` when there is no such volume,
 * `unreadable` when this driver lets none be read. Fails with libvirt's refusal or E_CANCELLED.
 */
export async function digestVolume(
  client: LibvirtClient,
  pool: Pool,
  name: string,
  { signal, onProgress }: VolumeDigestOptions,
): Promise<{ readonly hex: string } | "missing" | "unreadable"> {
  const digest = new PieceDigest("sha256");
  try {
    for (let offset = 0; ; ) {
      if (signal?.aborted) throw cancelled(`Reading ${name}`);
      const { data } = await client.call(
        "volume.read",
        { pool: pool.name, name, offset, length: PIECE_BYTES },
        signal && { signal },
      );
      if (data.length === 0) return { hex: await digest.finish() };
      offset += data.length;
      await digest.add(new Uint8Array(data));
      onProgress(offset);
    }
  } catch (error) {
    switch (libvirtCode(error)) {
      case VirErrorNumber.NO_STORAGE_VOL:
        return "missing";
      case VirErrorNumber.NO_SUPPORT:
        return "unreadable";
      default:
        throw error;
    }
  } finally {
    await digest.stop();
  }
}
