import { DIGEST_FORMATS, type DigestFormat } from "./digest-file.ts";
import { ImageError } from "./errors.ts";
import type { DigestAlgorithm } from "./hash.ts";

/** By the names that the kernel and libvirt use. */
export const ARCHITECTURES = ["x86_64", "aarch64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

const FIRMWARES = ["bios", "uefi"] as const;
export type Firmware = (typeof FIRMWARES)[number];

const PACKAGE_FAMILIES = ["apt", "dnf", "zypper", "pacman", "apk"] as const;
export type PackageFamily = (typeof PACKAGE_FAMILIES)[number];

const DIGEST_ALGORITHMS: readonly DigestAlgorithm[] = ["sha256", "sha512"];

export type CatalogueImage = {
  /** Always the newest build. */
  readonly latest: string;
  /** One build that stays what it is, for as long as the publisher keeps it. */
  readonly pinned: string;
  /** How the image boots. */
  readonly firmware: readonly Firmware[];
};

/** One release of one distribution: a data file in `catalog/`. */
export type CatalogueEntry = {
  /** `distribution-version`, unique. */
  readonly name: string;
  readonly title: string;
  readonly distribution: string;
  readonly version: string;
  readonly codename: string;
  /** Other words that mean this release. */
  readonly aliases: readonly string[];
  readonly images: Readonly<Partial<Record<Architecture, CatalogueImage>>>;
  /** The architectures that `images` has. */
  readonly arches: readonly Architecture[];
  /** The publisher's list of digests, beside the image, under this name. */
  readonly digests: { readonly file: string; readonly format: DigestFormat; readonly algorithm: DigestAlgorithm };
  /** Where the publisher signs: the signature beside the list, and the fingerprint of the key. Null: unsigned upstream. */
  readonly signature: { readonly file: string; readonly fingerprint: string } | null;
  /** The login user that the image makes when it is asked for none. */
  readonly user: string;
  /** In a few words: what vouches for a downloaded image. */
  readonly trust: string;
  readonly packages: PackageFamily;
  /** Whether `buildImage` can make the same release from Debian's packages; its codename is then the suite. */
  readonly buildable: boolean;
  /** The image's own virtual size, rounded up: no smaller disk will do. */
  readonly minDiskGiB: number;
  /** The last day of the publisher's updates, as in 2030-06-30. */
  readonly endOfLife: string;
};

/** In a few words: what vouches for an image whose digest was published at this address. */
export function trustIn(signature: CatalogueEntry["signature"], algorithm: DigestAlgorithm, address: string): string {
  const { protocol, host } = new URL(address);
  const by = signature === null ? "unsigned upstream" : "signature not checked";
  return `${by}; ${algorithm} published by ${host} over ${protocol.slice(0, -1)}`;
}

/** Checks one data file. Fails with `catalogue`, naming the file and the field. */
export function parseEntry(file: string, data: unknown): CatalogueEntry {
  const at = (path: string, problem: string): ImageError =>
    new ImageError("catalogue", `The catalogue file ${file} is wrong: ${path} ${problem}.`);

  const object = (value: unknown, path: string, keys: readonly string[]): Readonly<Record<string, unknown>> => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw at(path, "must be an object");
    const unknown = Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined) throw at(path === "the file" ? unknown : `${path}.${unknown}`, "is not a known field");
    return { ...value };
  };
  const text = (value: unknown, path: string, pattern = /./, shape = "must be a text"): string => {
    if (typeof value !== "string" || !pattern.test(value)) throw at(path, shape);
    return value;
  };
  const oneOf = <T extends string>(value: unknown, path: string, allowed: readonly T[]): T => {
    const found = allowed.find((word) => word === value);
    if (found === undefined) throw at(path, `must be one of ${allowed.join(", ")}`);
    return found;
  };
  const list = <T>(value: unknown, path: string, item: (value: unknown, path: string) => T): readonly T[] => {
    if (!Array.isArray(value)) throw at(path, "must be a list");
    return value.map((element, index) => item(element, `${path}[${index}]`));
  };
  const address = (value: unknown, path: string): string =>
    text(value, path, /^https:\/\/[^\s/]+\/\S+$/, "must be an https address");

  const image = (value: unknown, path: string): CatalogueImage => {
    const fields = object(value, path, ["latest", "pinned", "firmware"]);
    const firmware = list(fields["firmware"], `${path}.firmware`, (word, where) => oneOf(word, where, FIRMWARES));
    if (firmware.length === 0) throw at(`${path}.firmware`, "must not be empty");
    return {
      latest: address(fields["latest"], `${path}.latest`),
      pinned: address(fields["pinned"], `${path}.pinned`),
      firmware,
    };
  };
  const signature = (value: unknown): CatalogueEntry["signature"] => {
    if (value === null) return null;
    const fields = object(value, "signature", ["file", "fingerprint"]);
    return {
      file: text(fields["file"], "signature.file"),
      fingerprint: text(fields["fingerprint"], "signature.fingerprint", /^[0-9A-F]{40}$/, "must be 40 hex digits"),
    };
  };

  const fields = object(data, "the file", [
    ...["name", "title", "distribution", "version", "codename", "aliases", "images", "digests"],
    ...["signature", "user", "packages", "buildable", "minDiskGiB", "endOfLife"],
  ]);
  const name = text(fields["name"], "name", /^[a-z0-9]+(-[a-z0-9.]+)+$/, "must be lower-case words joined by hyphens");
  if (file !== `${name}.json`) throw at("name", "must be the file's own name");
  const images = object(fields["images"], "images", ARCHITECTURES);
  const known = ARCHITECTURES.filter((arch) => images[arch] !== undefined);
  const checked = known.map((arch) => [arch, image(images[arch], `images.${arch}`)] as const);
  const [first] = checked;
  if (first === undefined) throw at("images", "must have an architecture");
  const digests = object(fields["digests"], "digests", ["file", "format", "algorithm"]);
  const minDiskGiB = fields["minDiskGiB"];
  if (typeof minDiskGiB !== "number" || !Number.isInteger(minDiskGiB) || minDiskGiB < 1) {
    throw at("minDiskGiB", "must be a whole number above 0");
  }
  const algorithm = oneOf(digests["algorithm"], "digests.algorithm", DIGEST_ALGORITHMS);
  const signed = signature(fields["signature"]);
  const buildable = fields["buildable"];
  if (typeof buildable !== "boolean") throw at("buildable", "must be true or false");
  return {
    name,
    title: text(fields["title"], "title"),
    distribution: text(fields["distribution"], "distribution"),
    version: text(fields["version"], "version"),
    codename: text(fields["codename"], "codename"),
    aliases: list(fields["aliases"], "aliases", text),
    arches: known,
    images: Object.fromEntries(checked),
    digests: {
      file: text(digests["file"], "digests.file"),
      format: oneOf(digests["format"], "digests.format", DIGEST_FORMATS),
      algorithm,
    },
    signature: signed,
    trust: trustIn(signed, algorithm, first[1].latest),
    user: text(fields["user"], "user"),
    packages: oneOf(fields["packages"], "packages", PACKAGE_FAMILIES),
    buildable,
    minDiskGiB,
    endOfLife: text(fields["endOfLife"], "endOfLife", /^\d{4}-\d{2}-\d{2}$/, "must be a date as in 2030-06-30"),
  };
}
