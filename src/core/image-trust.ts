/** What `image info` and `image verify` tell: where an image's bytes come from, and what was checked of them. */
import type { ImageOrigin } from "./image.ts";
import type { ImageRow } from "./requests.ts";

/** One image by name: what the catalogue says of it, and each build of it that the store holds, the newest first. */
export type ImageInfo = {
  readonly name: string;
  /** null for an image that is only in the store. */
  readonly release: ReleaseFacts | null;
  readonly stored: readonly StoredImage[];
};

/** The same asked for where libvirt may not answer. */
export type ImageInfoAnywhere = Omit<ImageInfo, "stored"> & {
  /** null where the store could not be asked. */
  readonly stored: ImageInfo["stored"] | null;
};

export type ReleaseFacts = {
  readonly title: string;
  readonly arches: readonly string[];
  /** The login user that the image has of its own. */
  readonly user: string;
  readonly firmware: Readonly<Record<string, readonly string[]>>;
  /** Of its package manager: apt, dnf, zypper, pacman, apk, pkg, none. */
  readonly packages: string;
  /** What sets it up: cloud-init, ignition, nuageinit. */
  readonly configuration: string;
  /** The x86-64 level that its programs need; null where it has no x86_64 image. */
  readonly cpuLevel: number | null;
  /** As in `CatalogueRow`. */
  readonly endOfLife: string | null;
  /** A build that can be named behind `@`, where the publisher keeps builds; null where it does not. */
  readonly pinnedBuild: string | null;
  /** What vouches for a download, sentence by sentence. */
  readonly trust: readonly string[];
  readonly note: string;
};

export type StoredImage = ImageRow & {
  /** What vouches for these bytes, sentence by sentence; for what was baked, its bases' too. */
  readonly chain: readonly string[];
};

export type ImageState =
  | "ok"
  /** The bytes are not those that were stored. */
  | "damaged"
  /** The label is there, the image is not. */
  | "missing"
  /** This driver does not let its volumes be read. */
  | "unreadable";

export type ImageVerdict = {
  readonly name: string;
  readonly volume: string;
  readonly state: ImageState;
  /** Where it came from, and so can be had again; null when that was not recorded. */
  readonly origin: ImageOrigin | null;
  /** `sha256:<hex>` that it should have. */
  readonly digest: string;
  /** `sha256:<hex>` that it has; null when it could not be read. */
  readonly found: string | null;
  /** VMs (trashed ones too) that stand on it. */
  readonly usedBy: readonly string[];
};

/** What was checked of a stored image when it came, sentence by sentence. */
export function storedChain({ origin, digest, addedAt, trust }: ImageRow): readonly string[] {
  const day = addedAt === "" ? "" : ` on ${addedAt.slice(0, 10)}`;
  const ours = `Stored${day} as ${digest}; hutch image verify looks whether it still is.`;
  switch (origin?.kind) {
    case "published":
      return [
        `Fetched from ${origin.url}${origin.version === null ? "" : `, build ${origin.version}`}.`,
        `Its ${origin.digest.replace(":", " ")} was checked against the publisher's while it came.`,
        origin.signedBy === null
          ? `No signature was checked: ${trust}.`
          : `The publisher's signature was good, by key ${origin.signedBy}.`,
        ours,
      ];
    case "built":
      return [`Built here as ${origin.entry}: ${trust}.`, ours];
    case "imported":
      return [`Imported from ${origin.from}: you vouch for it.`, ours];
    case "registry":
      return [`Pulled from ${origin.reference}, manifest ${origin.manifest}.`, ours];
    case "baked":
      return [`Made here from ${origin.base} (${origin.baseDigest}), in a throw-away VM.`, ours];
    default:
      return [`Of unknown origin: ${trust === "" ? "nothing was recorded" : trust}.`, ours];
  }
}

/**
 * How well that is founded which is said of an image, the larger the better: a checked signature, a publisher's word, a mirror's
 * own, a registry's; last what nobody but the user vouches for. A better word takes a lesser one's place in the store.
 */
export function foundation({ origin, trust }: Pick<ImageRow, "origin" | "trust">): number {
  if (origin?.kind === "registry") return 1;
  if (origin?.kind !== "published") return 0;
  if (origin.signedBy !== null) return 4;
  // A label keeps that as a sentence only.
  return trust.includes("the mirror's own word") ? 2 : 3;
}
