import { DIGEST_FORMATS, type DigestFormat } from "./digest-file.ts";
import { type FieldCheck, fieldCheck } from "./field-check.ts";
import { addressOf, type Finder, parseFinder } from "./finder.ts";
import type { DigestAlgorithm } from "./hash.ts";
import { isShipped } from "./keys/shipped.ts";
import { trustIn } from "./trust.ts";

/** By the names that the kernel and libvirt use. */
export const ARCHITECTURES = ["x86_64", "aarch64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

const FIRMWARES = ["bios", "uefi"] as const;
export type Firmware = (typeof FIRMWARES)[number];

/** `none`: the system is not made of packages that a user installs. */
const PACKAGE_FAMILIES = ["apt", "dnf", "zypper", "pacman", "apk", "pkg", "none"] as const;
export type PackageFamily = (typeof PACKAGE_FAMILIES)[number];

/** What sets a guest up at its first boot. */
const CONFIGURATIONS = ["cloud-init", "ignition", "nuageinit"] as const;
export type Configuration = (typeof CONFIGURATIONS)[number];

const COMPRESSIONS = [null, "xz"] as const;
export type Compression = "xz";

const DIGEST_ALGORITHMS: readonly DigestAlgorithm[] = ["sha256", "sha512"];
const CPU_LEVELS = [1, 2, 3, 4] as const;
export type CpuLevel = (typeof CPU_LEVELS)[number];

/** One build that stays what it is, for as long as the publisher keeps it; in `url`, `{build}` stands for any build's name. */
export type PinnedBuild = { readonly build: string; readonly url: string };

export type CatalogueImage = {
  /** Where the newest build is. */
  readonly latest: Finder;
  /** Null where builds are replaced in place. */
  readonly pinned: PinnedBuild | null;
  /** How the image boots. */
  readonly firmware: readonly Firmware[];
  /** The x86-64 level that its programs need of the CPU; null for other architectures. */
  readonly level: CpuLevel | null;
};

/**
 * How the publisher tells digests: in a file beside the image (`{file}`, `{build}` and `{arch}` stand for the image's), or in
 * the index that the image is found by.
 */
export type DigestSource =
  | { readonly file: string; readonly format: DigestFormat; readonly algorithm: DigestAlgorithm }
  | { readonly format: "index"; readonly algorithm: DigestAlgorithm };

/** Who may sign. */
export type Signers = {
  /** Full primary fingerprints. */
  readonly keys: readonly string[];
  /** Where their publisher shows them, armoured; null where hutch brings them along. */
  readonly keysAt: string | null;
};

/** How the publisher signs, and with which keys; null: not at all. */
export type SignatureSource =
  /** A file beside the list of digests or the image; `{digests}` and `{file}` stand for their names. */
  | (Signers & { readonly kind: "detached"; readonly over: "digests" | "image"; readonly file: string })
  /** Around the list of digests itself. */
  | (Signers & { readonly kind: "clearsigned" })
  | null;

/** One release of one distribution: a data file in `catalog/`. */
export type CatalogueEntry = {
  /** `distribution-version`, unique. */
  readonly name: string;
  readonly title: string;
  readonly distribution: string;
  readonly version: string;
  /** Empty where there is none. */
  readonly codename: string;
  /** Other words that mean this release. */
  readonly aliases: readonly string[];
  readonly images: Readonly<Partial<Record<Architecture, CatalogueImage>>>;
  /** The architectures that `images` has. */
  readonly arches: readonly Architecture[];
  readonly digests: DigestSource;
  readonly signature: SignatureSource;
  /** The login user that the image makes when it is asked for none. */
  readonly user: string;
  /** In a few words: what vouches for a downloaded image. */
  readonly trust: string;
  readonly packages: PackageFamily;
  readonly configuration: Configuration;
  /** How the published file is packed; its digest and signature are those of the packed file. */
  readonly compression: Compression | null;
  /** Whether `buildImage` can make the same release from Debian's packages; its codename is then the suite. */
  readonly buildable: boolean;
  /** The image's own virtual size, rounded up: no smaller disk will do. Null where it is not known before it is here. */
  readonly minDiskGiB: number | null;
  /**
   * The last day of the publisher's updates, as in 2030-06-30; `unknown` where that is not fixed yet; null for what never ends,
   * as a rolling release.
   */
  readonly endOfLife: string | null;
  /** What a user should know besides; empty mostly. */
  readonly note: string;
};

const FIELDS = [
  ...["name", "title", "distribution", "version", "codename", "aliases", "images", "digests", "signature", "user"],
  ...["packages", "configuration", "compression", "buildable", "minDiskGiB", "endOfLife", "note"],
];

/** Checks one data file. Fails with `catalogue`, naming the file and the field. */
export function parseEntry(file: string, data: unknown): CatalogueEntry {
  const check = fieldCheck(file);
  const { text, oneOf } = check;
  const fields = check.object(data, "the file", FIELDS);
  const word = (name: string, pattern?: RegExp, shape?: string): string => text(fields[name], name, pattern, shape);
  const name = word("name", /^[a-z0-9]+(-[a-z0-9.]+)*$/, "must be lower-case words joined by hyphens");
  if (file !== `${name}.json`) throw check.wrong("name", "must be the file's own name");

  const images = check.object(fields["images"], "images", ARCHITECTURES);
  const arches = ARCHITECTURES.filter((arch) => images[arch] !== undefined);
  const checked = arches.map((arch) => [arch, parseImage(check, images[arch], arch)] as const);
  const [first] = checked;
  if (first === undefined) throw check.wrong("images", "must have an architecture");

  const digests = parseDigests(check, fields["digests"]);
  const signature = parseSignature(check, fields["signature"]);
  if (
    digests.format === "index" &&
    signature !== null &&
    !(signature.kind === "detached" && signature.over === "image")
  )
    throw check.wrong("signature", "can be over the image only, where there is no list of digests");
  const buildable = check.flag(fields["buildable"], "buildable");
  if (buildable && fields["codename"] === "") throw check.wrong("codename", "is the suite that is built from");
  return {
    name,
    title: word("title"),
    distribution: word("distribution"),
    version: word("version"),
    codename: word("codename", /^[a-z]*$/, "must be one lower-case word, or empty"),
    aliases: check.list(fields["aliases"], "aliases", text),
    arches,
    images: Object.fromEntries(checked),
    digests,
    signature,
    trust: trustIn(signature, digests.algorithm, addressOf(first[1].latest)),
    user: word("user"),
    packages: oneOf(fields["packages"], "packages", PACKAGE_FAMILIES),
    configuration: oneOf(fields["configuration"], "configuration", CONFIGURATIONS),
    compression: oneOf(fields["compression"], "compression", COMPRESSIONS),
    buildable,
    minDiskGiB: parseDisk(check, fields["minDiskGiB"]),
    endOfLife: parseEnd(check, fields["endOfLife"]),
    note: word("note", /^/),
  };
}

function parseImage(check: FieldCheck, value: unknown, arch: Architecture): CatalogueImage {
  const path = `images.${arch}`;
  const fields = check.object(value, path, ["latest", "pinned", "firmware", "level"]);
  const { pinned, level } = fields;
  if (arch !== "x86_64" && level !== undefined) throw check.wrong(`${path}.level`, "is for x86_64 only");
  return {
    latest: parseFinder(check, fields["latest"], `${path}.latest`),
    pinned: pinned === null ? null : parsePinned(check, pinned, `${path}.pinned`),
    firmware: check.filled(fields["firmware"], `${path}.firmware`, (word, where) =>
      check.oneOf(word, where, FIRMWARES),
    ),
    level: arch === "x86_64" ? check.oneOf(level, `${path}.level`, CPU_LEVELS) : null,
  };
}

function parsePinned(check: FieldCheck, value: unknown, path: string): PinnedBuild {
  const fields = check.object(value, path, ["build", "url"]);
  return {
    build: check.text(fields["build"], `${path}.build`, /^[0-9][0-9A-Za-z.+-]*$/, "must be the name of a build"),
    url: check.address(fields["url"], `${path}.url`),
  };
}

function parseDigests(check: FieldCheck, value: unknown): DigestSource {
  const fields = check.object(value, "digests", ["file", "format", "algorithm"]);
  const format = check.oneOf(fields["format"], "digests.format", [...DIGEST_FORMATS, "index"] as const);
  const algorithm = check.oneOf(fields["algorithm"], "digests.algorithm", DIGEST_ALGORITHMS);
  if (format === "index") return { format, algorithm };
  return { file: check.fileName(fields["file"], "digests.file"), format, algorithm };
}

function parseSignature(check: FieldCheck, value: unknown): SignatureSource {
  if (value === null) return null;
  const fields = check.object(value, "signature", ["kind", "over", "file", "keys", "keysAt"]);
  const kind = check.oneOf(fields["kind"], "signature.kind", ["detached", "clearsigned"] as const);
  const keys = check.filled(fields["keys"], "signature.keys", (key, where) =>
    check.text(key, where, /^[0-9A-F]{40}$/, "must be 40 hex digits"),
  );
  const keysAt = fields["keysAt"] === undefined ? null : check.address(fields["keysAt"], "signature.keysAt");
  if (keysAt === null && !keys.every(isShipped)) {
    throw check.wrong("signature.keys", "must be in images/keys, where signature.keysAt does not say where they are");
  }
  if (kind === "clearsigned") return { kind, keys, keysAt };
  return {
    kind,
    over: check.oneOf(fields["over"], "signature.over", ["digests", "image"] as const),
    file: check.fileName(fields["file"], "signature.file"),
    keys,
    keysAt,
  };
}

function parseEnd(check: FieldCheck, value: unknown): string | null {
  if (value === null) return null;
  const shape = "must be a date as in 2030-06-30, or unknown";
  const day = check.text(value, "endOfLife", /^(\d{4}-\d{2}-\d{2}|unknown)$/, shape);
  if (day !== "unknown" && Number.isNaN(Date.parse(day))) throw check.wrong("endOfLife", shape);
  return day;
}

function parseDisk(check: FieldCheck, value: unknown): number | null {
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw check.wrong("minDiskGiB", "must be a whole number above 0, or null");
  }
  return value;
}
