/** "Newest" must not go back: an old build, offered again, has the holes that were closed since. */
import { type CatalogueEntry, ImageError, isOlderBuild, type ResolvedImage, withoutSecrets } from "#images";
import type { ImageOrigin } from "../core/image.ts";
import type { Arch } from "../core/machine/spec.ts";
import type { BaseImage } from "../host/image-label.ts";

type Origin = Extract<ImageOrigin, { kind: "published" }>;

/**
 * Fails with `downgrade` when the store has a newer build of the release than the one that is called the newest: by the name
 * of the build, or by the time of the signature, for a name stands on the server and not under an image's own signature.
 */
export function assertNoDowngrade(
  stored: readonly BaseImage[],
  { url, version, signedAt, digest }: ResolvedImage,
  entry: CatalogueEntry,
  arch: Arch,
): void {
  const isOther = (origin: Origin): boolean => origin.digest !== `${digest.algorithm}:${digest.hex}`;
  const builds = stored.flatMap(({ name, origin, ...base }) =>
    origin?.kind === "published" && origin.entry === entry.name && base.arch === arch && isOther(origin)
      ? [{ name, origin }]
      : [],
  );
  const refuse = (why: string): never => {
    throw new ImageError("downgrade", `${withoutSecrets(url)} is older than the ${entry.name} in the store.`, {
      why: `${why}: a mirror lags behind, or somebody offers an old build on purpose.`,
      next: [
        `hutch launch ${entry.name}: takes the newer one, which is here`,
        ...(entry.images[arch]?.pinned ? [`hutch image pull ${entry.name}@BUILD: takes the build that you name`] : []),
      ],
    });
  };
  const newer = builds.find(({ origin }) => isOlderBuild(version, origin.version))?.origin;
  if (newer !== undefined) refuse(`It is of ${version}, the store's is of ${newer.version}`);
  // A build that somebody named may have been signed after the newest was: old lines are mended, too.
  const signedLater = (origin: Origin): boolean => isOlderBuild(signedAt, origin.signedAt ?? null);
  const later = builds.find(({ name, origin }) => name === entry.name && signedLater(origin))?.origin;
  if (later !== undefined) refuse(`It was signed on ${signedAt}, the store's on ${later.signedAt}`);
}
