/** Images with a recipe run in them already: what is asked for, which of them fits an order, and when one is too old. Pure. */
import type { ImageOrigin } from "./image.ts";
import type { Arch } from "./machine/spec.ts";

/** An order for an image: a base, and what is to be in it. At least one of engine, packages and user-data. */
export type BakeRequest = {
  /** A name of the catalogue or of the store. */
  readonly base: string;
  readonly engine?: string | null;
  /** Of the base's own distribution. */
  readonly packages?: readonly string[];
  /** Run once, at the boot in which the image is made. */
  readonly userData?: string;
  /** `BASE-ENGINE` when omitted; needed where more than an engine is baked in. */
  readonly name?: string;
  /** Milliseconds for the throw-away VM to become ready; scaled up under TCG unless given. */
  readonly timeoutMs?: number;
  /** Build the base locally, without asking, when its download host cannot be reached. */
  readonly buildIfUnreachable?: boolean;
};

/** What would spare the next launch of the kind the installation of its engine. */
export type BakeOffer = {
  readonly base: string;
  readonly engine: string;
  /** The config file says that hutch is to bake by itself. */
  readonly auto: boolean;
};

export type BakedOrigin = Extract<ImageOrigin, { kind: "baked" }>;

/** Of the command that makes it anew, after `hutch`. No user-data is kept, so its file is to be filled in. */
export function bakeWords(name: string, { base, engine, packages, userData }: BakedOrigin): readonly string[] {
  return [
    ...["image", "bake", base],
    ...(engine === null ? [] : ["--engine", engine]),
    ...(packages.length === 0 ? [] : ["--packages", packages.join(",")]),
    ...(userData === null ? [] : ["--user-data", "FILE"]),
    ...["--name", name],
  ];
}

/** The same, whole. */
export function bakeCommand(name: string, origin: BakedOrigin): string {
  return ["hutch", ...bakeWords(name, origin)].join(" ");
}

/** An image of the store, as far as it matters here. */
export type Bakeable = {
  readonly name: string;
  /** `sha256:<hex>` */
  readonly digest: string;
  readonly arch: Arch | null;
  readonly virtualBytes: number;
  readonly origin: ImageOrigin | null;
  /** ISO 8601. */
  readonly addedAt: string;
};

export function bakedOrigin({ origin }: Pick<Bakeable, "origin">): BakedOrigin | null {
  return origin?.kind === "baked" ? origin : null;
}

/**
 * The image, what it was baked from, and so on to what was not baked or whose base is not stored any more. A base of which
 * only newer ones are stored is followed by its name: it is of the same release.
 */
export function lineage<T extends Bakeable>(image: T, stored: readonly T[]): readonly T[] {
  const origin = bakedOrigin(image);
  // Each once: names can lead round in a circle.
  const others = stored.filter(({ name, digest }) => name !== image.name || digest !== image.digest);
  const named = others.filter(({ name }) => name === origin?.base);
  const isThat = ({ digest }: T): boolean => digest === origin?.baseDigest;
  const base = named.find(isThat) ?? others.find(isThat) ?? newest(named);
  return base === undefined ? [image] : [image, ...lineage(base, others)];
}

/**
 * The nearest base in its lineage of whose name there is a newer one now; null where there is none. What was baked from a base
 * that is not stored any more is as good as ever.
 */
export function newerBase(image: Bakeable, stored: readonly Bakeable[]): string | null {
  for (const each of lineage(image, stored)) {
    const origin = bakedOrigin(each);
    const today = newest(stored.filter(({ name }) => name === origin?.base));
    if (origin !== null && today !== undefined && today.digest !== origin.baseDigest) return origin.base;
  }
  return null;
}

export function isStale(image: Bakeable, stored: readonly Bakeable[]): boolean {
  return newerBase(image, stored) !== null;
}

/** The engine that was baked into it or into what it was baked from. */
export function engineIn(image: Bakeable, stored: readonly Bakeable[]): string | null {
  return lineage(image, stored).reduce<string | null>(
    (found, each) => found ?? bakedOrigin(each)?.engine ?? null,
    null,
  );
}

export type BakeWanted = {
  /** The base's name. */
  readonly base: string;
  readonly engine: string;
  readonly arch: Arch;
  /** The disk that it has to fit on. */
  readonly diskBytes: number;
};

/**
 * The newest image with nothing but this engine baked in. `stale`: there is one, made from an older base. An image with
 * more in it (packages, user-data) is never taken for this; it is launched by its own name.
 */
export function fittingBake<T extends Bakeable>(
  wanted: BakeWanted,
  stored: readonly T[],
): { readonly fit: T | null; readonly stale: T | null } {
  const candidates = stored.filter((image) => {
    const origin = bakedOrigin(image);
    return (
      origin !== null &&
      origin.base === wanted.base &&
      origin.engine === wanted.engine &&
      origin.packages.length === 0 &&
      origin.userData === null &&
      image.arch === wanted.arch &&
      image.virtualBytes <= wanted.diskBytes
    );
  });
  const fit = newest(candidates.filter((image) => !isStale(image, stored))) ?? null;
  return { fit, stale: fit === null ? (newest(candidates) ?? null) : null };
}

export function newest<T extends Pick<Bakeable, "addedAt">>(images: readonly T[]): T | undefined {
  return [...images].sort((a, b) => b.addedAt.localeCompare(a.addedAt))[0];
}

/** A package as every package manager here reads it: a name, perhaps with a version; nothing that a shell or an option would be. */
export function isPackageName(word: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.+_:=~-]*$/.test(word);
}

/** What the store and `launch` take for a name and not for a file. */
export function isImageName(word: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(word) && !/\.(qcow2|img|raw)$/.test(word);
}
