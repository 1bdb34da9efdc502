/** What a bake can know before it makes anything: the names, the recipe, the room. */
import { createHash } from "node:crypto";
import { findImage, imageWord } from "#images";
import { type BakeRequest, bakedOrigin, engineIn, isImageName, isPackageName } from "../core/bake.ts";
import { HutchError } from "../core/errors.ts";
import { formatSize } from "../core/units.ts";
import { hostCapabilities } from "../host/capabilities.ts";
import { freeAt } from "../host/free-space.ts";
import type { BaseImage } from "../host/image-label.ts";
import { poolAt } from "../host/pool.ts";
import { withDigest } from "./baked-image.ts";
import type { Context } from "./context.ts";
import { usableEngine } from "./engine-install.ts";
import { findSource, type ImageSource, storedBases, storeName } from "./image-source.ts";
import { userDataWarnings } from "./user-data.ts";

export type BakeOrder = {
  readonly name: string;
  readonly source: Exclude<ImageSource, { kind: "file" | "registry" }>;
  /** The base's name in the catalogue or the store. */
  readonly base: string;
  /** The one that was asked for, else its base's. */
  readonly engine: string | null;
  readonly packages: readonly string[];
  /** `sha256:<hex>` */
  readonly userData: string | null;
  /** Size of the throw-away VM's disk, and so of the image's. */
  readonly diskBytes: number;
  /** Images that this one takes the place of. */
  readonly replaces: readonly BaseImage[];
};

const GIB = 1024 ** 3;
/** What an engine, packages and user-data may add to the base. */
const ROOM_BYTES = 4 * GIB;
/** The disk of a base whose size is not known before it is here: what large ones have. */
const UNKNOWN_BASE_GIB = 10;
/** The VM's disk, that disk made one with its base, and the image: of a usual bake together. */
const NEEDED_BYTES = 3 * GIB;

/** The image's name as it was asked for, or `BASE-ENGINE`. E_USAGE when it has to be asked for, or there is nothing to bake. */
export function bakedName(ctx: Context, { base, engine, packages = [], userData, name }: BakeRequest): string {
  const hasMore = packages.length > 0 || userData !== undefined;
  const next = [`hutch image bake ${base} --engine docker`, `hutch image bake ${base} --packages htop,git --name mine`];
  if (engine == null && !hasMore) {
    throw new HutchError({
      code: "E_USAGE",
      message: "There is nothing to bake.",
      why: "An image is baked with an engine, with packages or with user-data.",
      next,
    });
  }
  if (name !== undefined) return name;
  if (engine != null && !hasMore) return `${baseName(base)}-${usableEngine(ctx, engine)}`;
  throw new HutchError({
    code: "E_USAGE",
    message: "This image needs a name.",
    why: "Only one with nothing but an engine in it gets a name by itself, for launch takes that one by itself.",
    next,
  });
}

function baseName(word: string): string {
  const found = findImage(word);
  return "suggestions" in found ? word : storeName(found, imageWord(word).build).replace("@", "-");
}

/**
 * Checks the whole order and makes nothing. E_USAGE (nothing to bake, names, packages, engine), E_INVALID (user-data),
 * E_NOT_FOUND (base), E_CONFLICT (the name is another image's), E_HOST (no room).
 */
export async function bakeOrder(ctx: Context, request: BakeRequest, name: string): Promise<BakeOrder> {
  const { packages = [], userData } = request;
  const wrong = packages.find((word) => !isPackageName(word));
  if (wrong !== undefined) {
    throw new HutchError({
      code: "E_USAGE",
      message: `--packages: "${wrong}" cannot be a package.`,
      why: "A name has letters, digits and . + - _ : = ~ and begins with a letter or a digit.",
      next: ["Write it like --packages htop,git"],
    });
  }
  if (userData !== undefined) assertUserData(userData, request.base);
  const asked = request.engine == null ? null : usableEngine(ctx, request.engine);
  const { arch } = await hostCapabilities(ctx.client);
  const source = await findSource(ctx, { image: request.base, arch });
  if (source.kind === "file" || source.kind === "registry") {
    const [what, get] = source.kind === "file" ? ["a file", "import"] : ["in a registry", "pull"];
    throw new HutchError({
      code: "E_USAGE",
      message: `${request.base} is ${what}: a base is an image of the store or the catalogue.`,
      next: [`hutch image ${get} ${request.base}`, "hutch image bake NAME --engine docker"],
    });
  }
  const base = source.kind === "store" ? source.base.name : storeName(source.entry, source.build);
  const stored = (await storedBases(ctx)).map(withDigest);
  const replaces = replacedBy(stored, name, base);
  await assertRoom(ctx);
  const baseBytes =
    source.kind === "store" ? source.base.virtualBytes : (source.entry.minDiskGiB ?? UNKNOWN_BASE_GIB) * GIB;
  return {
    name,
    source,
    base,
    engine: asked ?? (source.kind === "store" ? engineIn(withDigest(source.base), stored) : null),
    packages,
    userData: userData === undefined ? null : `sha256:${createHash("sha256").update(userData).digest("hex")}`,
    diskBytes: baseBytes + ROOM_BYTES,
    replaces,
  };
}

function assertUserData(text: string, base: string): void {
  const next = [`hutch launch ${base} --cloud-init FILE --dry-run: checks it and makes nothing`];
  if (text.trim() === "")
    throw new HutchError({ code: "E_INVALID", message: "The user-data is empty: it would bake nothing.", next });
  userDataWarnings(text, next);
}

/** Images baked from the same base under this name; any other image keeps its name. */
function replacedBy(stored: readonly BaseImage[], name: string, base: string): readonly BaseImage[] {
  const next = ["Choose another name: --name NAME", "hutch image ls"];
  if (!isImageName(name)) {
    throw new HutchError({
      code: "E_USAGE",
      message: `"${name}" cannot be an image's name.`,
      next: ["Use letters, digits, dots and hyphens: my-image"],
    });
  }
  if (!("suggestions" in findImage(name)))
    throw new HutchError({ code: "E_CONFLICT", message: `${name} is an image of the catalogue.`, next });
  const same = stored.filter((image) => image.name === name);
  for (const image of same) {
    const origin = bakedOrigin(image);
    if (origin?.base === base) continue;
    throw new HutchError({
      code: "E_CONFLICT",
      message: `There is another image ${name} in the store.`,
      why: origin === null ? "It was not baked." : `It was baked from ${origin.base}.`,
      next,
    });
  }
  return same;
}

async function assertRoom(ctx: Context): Promise<void> {
  const pool = await poolAt(ctx.client, ctx.home, ctx.paths);
  const places = [
    { path: pool.path, free: pool.capacityBytes > 0 ? pool.availableBytes : null },
    { path: ctx.paths.imageCache, free: await freeAt(ctx.paths.imageCache) },
  ];
  for (const { path, free } of places) {
    if (free === null || free >= NEEDED_BYTES) continue;
    throw new HutchError({
      code: "E_HOST",
      message: `There is too little room in ${path}: ${formatSize(free)}.`,
      why: `A bake needs about ${formatSize(NEEDED_BYTES)} there until it is done.`,
      next: ["hutch image ls", "hutch purge: empty the trash"],
    });
  }
}
