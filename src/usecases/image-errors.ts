/** The image room's errors in the house's words, and with the ways on that it does not know of. */
import { ImageError, type ImageErrorKind, isImageError } from "#images";
import { HutchError } from "../core/errors.ts";
import type { ImageOrigin } from "../core/image.ts";

const ADDRESS = "Look at the address, then try again.";
const FILE = "Get the file again, or another: qcow2, raw, vmdk, vdi, vhd, vhdx or ova.";

/** Where the image room knows of none. */
const WAYS_ON: Readonly<Partial<Record<ImageErrorKind, readonly string[]>>> = {
  unreachable: [ADDRESS],
  "not-found": [ADDRESS],
  refused: [ADDRESS],
  unusable: [FILE],
  "disk-full": ["hutch image prune: what nobody needs any more", "df -h: which file system is full"],
};

/** They carry their own why and next. E_IMAGE, or E_USAGE for a word that is wrong. */
export async function withImageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isImageError(error)) throw error;
    throw new HutchError(
      {
        code: error.kind === "malformed" ? "E_USAGE" : "E_IMAGE",
        message: error.message,
        ...(error.why === undefined ? {} : { why: error.why }),
        next:
          error.next.length > 0 ? error.next : (WAYS_ON[error.kind] ?? ["hutch image find: what there is to launch"]),
        details: { kind: error.kind },
      },
      error,
    );
  }
}

/** What another server may have right. */
const OF_A_SERVER: readonly ImageErrorKind[] = [
  "unreachable",
  "not-found",
  "refused",
  "digest-missing",
  "digest-mismatch",
  "signature",
  "interrupted",
  "unusable",
];

/** What a publisher's server did wrong, and where else `name` is to be had. */
export function withOtherServers(error: ImageError, name: string, isBuildable: boolean): ImageError {
  if (!OF_A_SERVER.includes(error.kind)) return error;
  return elsewhere(error, [
    ...error.next,
    `hutch image pull ${name} --mirror URL: from another server`,
    ...(isBuildable ? [`hutch image build ${name}: the same release, from Debian's packages`] : []),
  ]);
}

/** The same, with another way on. */
export function elsewhere(error: ImageError, next: readonly string[]): ImageError {
  const { kind, message, why } = error;
  return new ImageError(kind, message, { ...(why === undefined ? {} : { why }), next, cause: error });
}

/** A file in the cache means nothing to a user: what is wrong with it is said of where it came from. */
export function namedBySource(error: unknown, origin: ImageOrigin | null): unknown {
  const source = origin?.kind === "published" ? origin.url : origin?.kind === "registry" ? origin.reference : undefined;
  if (source === undefined || !isImageError(error) || error.kind !== "unusable") return error;
  const { kind, message, why = message, next } = error;
  return new ImageError(kind, `What ${source} has cannot be used as an image.`, { why, next, cause: error });
}
