import { createHash } from "node:crypto";
import { ImageError } from "./errors.ts";
import type { Registry } from "./registry.ts";
import type { Reference } from "./registry-reference.ts";

const INDEXES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const MANIFESTS = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

export type ImageManifest = {
  /** `sha256:…` of what the reference names: of the index, where there is one. */
  readonly digest: string;
  readonly layers: readonly { readonly digest: string }[];
};

type Platform = { readonly digest: string; readonly architecture: string };

/**
 * The manifest of one architecture, as containers call it, out of an index where there is one. What is named by a digest has
 * it. Fails with `unsupported` (no such architecture), `digest-mismatch`, `refused` (no manifest that we know) or as the
 * registry does.
 */
export async function manifestFor(
  registry: Registry,
  reference: Reference,
  architecture: string,
): Promise<ImageManifest> {
  const { text, target } = reference;
  const top = await registry.manifest(target, [...INDEXES, ...MANIFESTS]);
  const digest = assertDigest(text, target, top.text);
  const document = parse(text, top.text);
  if (!INDEXES.includes(typeOf(top.type, document))) return { digest, layers: layersOf(text, document) };

  const platforms = platformsOf(document);
  const fitting = platforms.find((platform) => platform.architecture === architecture);
  if (fitting === undefined) {
    const known = platforms.map((platform) => platform.architecture).join(", ") || "none";
    throw new ImageError("unsupported", `${text} has no image for ${architecture}, only for ${known}.`);
  }
  const chosen = await registry.manifest(fitting.digest, MANIFESTS);
  assertDigest(text, fitting.digest, chosen.text);
  return { digest, layers: layersOf(text, parse(text, chosen.text)) };
}

function assertDigest(what: string, target: string, text: string): string {
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  if (!target.startsWith("sha256:") || target === digest) return digest;
  throw new ImageError("digest-mismatch", `${what} is not what its registry says.`, {
    why: `Its manifest should be ${target} and is ${digest}.`,
  });
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parse(what: string, text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new ImageError("refused", `${what} has a manifest that cannot be read.`);
}

/** The header tells it; where it tells nothing, the document does. */
function typeOf(header: string, document: Json): string {
  if (INDEXES.includes(header) || MANIFESTS.includes(header)) return header;
  const { mediaType } = document;
  return typeof mediaType === "string" ? mediaType : "";
}

function platformsOf({ manifests }: Json): readonly Platform[] {
  if (!Array.isArray(manifests)) return [];
  return manifests.flatMap((each: unknown): readonly Platform[] => {
    if (!isObject(each) || !isObject(each["platform"])) return [];
    const { digest, platform } = each;
    const { architecture, os } = { architecture: undefined, os: undefined, ...platform };
    const isOurs = typeof digest === "string" && typeof architecture === "string" && os === "linux";
    return isOurs ? [{ digest, architecture }] : [];
  });
}

function layersOf(what: string, { layers }: Json): readonly { readonly digest: string }[] {
  if (!Array.isArray(layers))
    throw new ImageError("refused", `${what} has a manifest of a kind that hutch does not know.`);
  return layers.map((layer: unknown) => {
    const digest = isObject(layer) ? layer["digest"] : undefined;
    if (typeof digest === "string") return { digest };
    throw new ImageError("refused", `${what} has a manifest that cannot be read.`);
  });
}
