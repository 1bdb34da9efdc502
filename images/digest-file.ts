import type { DigestAlgorithm } from "./hash.ts";

/**
 * How publishers write digests: `gnu` lines (`HEX  NAME`), `bsd` lines (`SHA256 (NAME) = HEX`), `bare` (the digest alone, of
 * the one file beside it), `debian-json` (an annotation in base64 without padding), `sections` (GNU lines below a heading for
 * each algorithm).
 */
export const DIGEST_FORMATS = ["gnu", "bsd", "bare", "debian-json", "sections"] as const;
export type DigestFormat = (typeof DIGEST_FORMATS)[number];

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };

const GNU_LINE = /^([0-9a-f]+) [ *]?(?:\.\/)?(\S+)$/i;
const BSD_LINE = /^(SHA\d+) \((.+)\) = ([0-9a-f]+)$/i;

/** The digest of the file called `name`, in lower-case hex, or undefined when the text does not give it. */
export function digestFrom(
  text: string,
  format: DigestFormat,
  algorithm: DigestAlgorithm,
  name: string,
): string | undefined {
  const hex = find(text, format, algorithm, name)?.toLowerCase();
  return hex !== undefined && hex.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/.test(hex) ? hex : undefined;
}

function find(text: string, format: DigestFormat, algorithm: DigestAlgorithm, name: string): string | undefined {
  switch (format) {
    case "gnu":
      return firstMatch(text, GNU_LINE, ([hex, file]) => (file === name ? hex : undefined));
    case "sections":
      return find(sectionOf(text, algorithm), "gnu", algorithm, name);
    case "bsd":
      return firstMatch(text, BSD_LINE, ([kind, file, hex]) =>
        kind?.toLowerCase() === algorithm && file === name ? hex : undefined,
      );
    case "bare":
      return text.trim();
    case "debian-json":
      return debianUpload(text, algorithm, name);
  }
}

/**
 * The digest in a list of one file alone: that file may be listed under the name that it has for good, with its build in it
 * (`X-VM.x86_64-1.0-Cloud-Build7.qcow2` beside the link `X-VM.x86_64-Cloud.qcow2`), but not under another's.
 */
export function soleDigestFrom(
  text: string,
  format: DigestFormat,
  algorithm: DigestAlgorithm,
  name: string,
): string | undefined {
  const [listed, ...more] = namesListed(text);
  if (listed === undefined || more.length > 0 || !isBuildOf(listed, name)) return undefined;
  return digestFrom(text, format, algorithm, listed);
}

/** Whether `listed` has every word of `name`, in order, and something besides; "latest" is no word of a build. */
function isBuildOf(listed: string, name: string): boolean {
  const words = (file: string): readonly string[] => file.split(/[-.]/).filter((word) => word !== "latest");
  const rest = words(listed).values();
  return words(name).every((word) => rest.some((each) => each === word));
}

/** The names of all files that a list gives digests of, one a line. */
export function namesListed(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .flatMap((line) => GNU_LINE.exec(line.trim())?.[2] ?? BSD_LINE.exec(line.trim())?.[2] ?? []);
}

/** What stands below `# SHA512 HASH`, up to the next heading. */
function sectionOf(text: string, algorithm: DigestAlgorithm): string {
  const [, ...sections] = text.split(/^# *(?=SHA|MD)/m);
  return sections.find((section) => section.toLowerCase().startsWith(`${algorithm} hash`)) ?? "";
}

/** A file may be listed twice: the first line counts. */
function firstMatch(
  text: string,
  line: RegExp,
  pick: (groups: readonly (string | undefined)[]) => string | undefined,
): string | undefined {
  for (const each of text.split(/\r?\n/)) {
    const hex = pick(line.exec(each.trim())?.slice(1) ?? []);
    if (hex !== undefined) return hex;
  }
  return undefined;
}

const DEBIAN_DIGEST = "cloud.debian.org/digest";

/** Debian describes a build as a list of things, of which the uploads name a file; below `latest/` without the build's number. */
function debianUpload(text: string, algorithm: DigestAlgorithm, name: string): string | undefined {
  const [stem, ending] = [name.replace(/\.[^.]*$/, ""), name.slice(name.lastIndexOf("."))];
  const isWanted = (file: string): boolean =>
    file === name ||
    (file.startsWith(`${stem}-`) && /^-[\d-]+$/.test(file.slice(stem.length, -ending.length || undefined)));
  for (const item of list(field(parsed(text), "items"))) {
    const ref = field(field(item, "data"), "ref");
    const digest = field(field(field(item, "metadata"), "annotations"), DEBIAN_DIGEST);
    if (typeof ref !== "string" || typeof digest !== "string") continue;
    const file = ref.split("/").at(-1) ?? "";
    if (!file.endsWith(ending) || !isWanted(file) || !digest.startsWith(`${algorithm}:`)) continue;
    return Buffer.from(digest.slice(algorithm.length + 1), "base64").toString("hex");
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
