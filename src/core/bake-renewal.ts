/** Baked images whose base is newer by now: which they are, and how each is baked anew. Pure. */
import { type BakedOrigin, type BakeRequest, bakedOrigin, bakeWords } from "./bake.ts";
import type { ImageRow } from "./requests.ts";

export type BakeRenewal = {
  readonly name: string;
  readonly base: string;
  /** Of the command that does it, after `hutch`. */
  readonly words: readonly string[];
  /** null where a user-data was run: hutch does not keep that, for it may hold secrets. */
  readonly request: BakeRequest | null;
};

/** What was baked from an older `base` and has no newer one of its name. */
export function bakeRenewals(images: readonly ImageRow[], base: string): readonly BakeRenewal[] {
  const old = images.filter((image) => {
    const isRenewed = images.some((other) => other.name === image.name && !other.stale);
    return image.stale && !isRenewed && bakedOrigin(image)?.base === base;
  });
  return [...new Set(old.map(({ name }) => name))].flatMap((name) => {
    const origin = old
      .map((image) => (image.name === name ? bakedOrigin(image) : null))
      .find((found) => found !== null);
    return origin === undefined ? [] : [bakeRenewal(name, origin)];
  });
}

export function bakeRenewal(name: string, origin: BakedOrigin): BakeRenewal {
  const { base, engine, packages, userData } = origin;
  const request = userData === null ? { base, engine, packages, name } : null;
  return { name, base, words: bakeWords(name, origin), request };
}
