/** What is known of a stored image beside its bytes: kept in its label, shown by `image info`, asked by bake and prune. */

/**
 * Whether that word means this image of the store: its name (all builds of that), its digest (all names of those bytes), both as
 * `NAME@sha256:…` (it alone), or its volume.
 */
export function isMeantBy(
  word: string,
  { name, digest, volume }: { readonly name: string; readonly digest: string; readonly volume: string },
): boolean {
  return [name, digest, `${name}@${digest}`, volume].includes(word);
}

/** Where an image's bytes came from. */
export type ImageOrigin =
  /** Downloaded from the publisher of a catalogue entry. */
  | {
      readonly kind: "published";
      /** The catalogue's name. */
      readonly entry: string;
      readonly url: string;
      /** The publisher's digest, `sha512:<hex>`. */
      readonly digest: string;
      /** Full primary fingerprint of the key whose signature was checked; null where the publisher does not sign. */
      readonly signedBy: string | null;
      /** When it was signed (ISO 8601), as the signature says; absent where nothing was, and in older ones. */
      readonly signedAt?: string;
      /** The publisher's own name for the build, such as `20260712-2537`, or the day of its last change; null when not told. */
      readonly version: string | null;
    }
  /** Built here from the distribution's packages. */
  | {
      readonly kind: "built";
      readonly entry: string;
      /** `sha256:<hex>` of its file tree, which the same packages and SOURCE_DATE_EPOCH give again; absent in older ones. */
      readonly tree?: string;
    }
  /** A file or an address that the user named. */
  | { readonly kind: "imported"; readonly from: string }
  /** Pulled from a container registry. */
  | { readonly kind: "registry"; readonly reference: string; readonly manifest: string }
  /** Made by running a recipe once in a throw-away VM. */
  | {
      readonly kind: "baked";
      /** The image it was made from, by name and `sha256:<hex>`. */
      readonly base: string;
      readonly baseDigest: string;
      /** The one that is in it, its base's too. */
      readonly engine: string | null;
      readonly packages: readonly string[];
      /** `sha256:<hex>` of the user-data that was run; null when there was none. */
      readonly userData: string | null;
    };
