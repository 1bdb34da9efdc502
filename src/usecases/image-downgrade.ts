/** "Newest" must not go back: an old build, offered again, has the holes that were closed since. */
import { type CatalogueEntry, ImageError, isOlderBuild, type ResolvedImage } from "#images";
import type { Arch } from "../core/machine/spec.ts";
import type { BaseImage } from "../host/image-label.ts";

/** Fails with `downgrade` when the store has a newer build of the release than the one that is called the newest. */
export function assertNoDowngrade(
  stored: readonly BaseImage[],
  { url, version, digest }: ResolvedImage,
  entry: CatalogueEntry,
  arch: Arch,
): void {
  const builds = stored.flatMap(({ origin, ...base }) =>
    origin?.kind === "published" && origin.entry === entry.name && base.arch === arch ? [origin] : [],
  );
  if (builds.some((known) => known.digest === `${digest.algorithm}:${digest.hex}`)) return;
  const newer = builds.find((known) => isOlderBuild(version, known.version));
  if (newer === undefined) return;
  throw new ImageError("downgrade", `${url} is older than the ${entry.name} in the store.`, {
    why: `It is of ${version}, the store's is of ${newer.version}: a mirror lags behind, or somebody offers an old build on purpose.`,
    next: [
      `hutch launch ${entry.name}: takes the newer one, which is here`,
      ...(entry.images[arch]?.pinned ? [`hutch image pull ${entry.name}@BUILD: takes the build that you name`] : []),
    ],
  });
}
