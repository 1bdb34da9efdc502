import { ImageError } from "./errors.ts";
import type { FieldCheck } from "./field-check.ts";

/**
 * Where a publisher's newest build is found. `file` is a name in which `{build}` stands for what changes from build to build;
 * where it stands several times, the pieces joined by hyphens are the build.
 */
export type Finder =
  /** At one address, always the newest. */
  | { readonly kind: "fixed"; readonly url: string }
  /** The newest name in a folder's listing. */
  | { readonly kind: "listing"; readonly folder: string; readonly file: string }
  /** The newest name in the list of digests of a folder. */
  | { readonly kind: "digests"; readonly folder: string; readonly file: string }
  /** Fedora's index of all its releases. */
  | {
      readonly kind: "fedora-releases";
      readonly index: string;
      readonly version: string;
      readonly variant: string;
      readonly arch: string;
      readonly file: string;
    }
  /** Oracle's description of a release: the newest file of each type, with its digest. */
  | { readonly kind: "oracle-template"; readonly index: string; readonly type: string; readonly file: string }
  /** Fedora CoreOS's description of a stream: the newest file of each kind, with its digest. */
  | { readonly kind: "coreos-stream"; readonly index: string; readonly arch: string };

/** A build that a finder found; with its SHA-256 where the index tells it. */
export type Found = { readonly url: string; readonly build: string; readonly sha256?: string };

const KINDS = ["fixed", "listing", "digests", "fedora-releases", "oracle-template", "coreos-stream"] as const;

export function parseFinder(check: FieldCheck, value: unknown, path: string): Finder {
  const fields = check.object(value, path, [
    "kind",
    "url",
    "folder",
    "file",
    "index",
    "version",
    "variant",
    "type",
    "arch",
  ]);
  const kind = check.oneOf(fields["kind"], `${path}.kind`, KINDS);
  const text = (name: string): string => check.text(fields[name], `${path}.${name}`);
  const index = (): string => check.address(fields["index"], `${path}.index`);
  const file = (): string =>
    check.text(fields["file"], `${path}.file`, /^[^\s/]*\{build\}[^\s/]*$/, "must have {build} in it");
  switch (kind) {
    case "fixed":
      return { kind, url: check.address(fields["url"], `${path}.url`) };
    case "listing":
    case "digests":
      return { kind, folder: check.address(fields["folder"], `${path}.folder`), file: file() };
    case "fedora-releases":
      return {
        kind,
        index: index(),
        version: text("version"),
        variant: text("variant"),
        arch: text("arch"),
        file: file(),
      };
    case "oracle-template":
      return { kind, index: index(), type: text("type"), file: file() };
    case "coreos-stream":
      return { kind, index: index(), arch: text("arch") };
  }
}

/** Where it looks first. */
export function addressOf(finder: Finder): string {
  if (finder.kind === "fixed") return finder.url;
  return "folder" in finder ? finder.folder : finder.index;
}

/** Compares builds as people do: numbers by their value. */
const byBuild = new Intl.Collator("en", { numeric: true });

/** The build that a file's name tells, when it fits `pattern`. */
export function buildOf(name: string, pattern: string): string | undefined {
  const parts = pattern.split("{build}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("([0-9][0-9A-Za-z.+-]*?)")}$`).exec(name)?.slice(1).join("-");
}

/** The newest of the names that fit `pattern`. */
export function newestOf(
  names: Iterable<string>,
  pattern: string,
): { readonly name: string; readonly build: string } | undefined {
  let newest: { name: string; build: string } | undefined;
  for (const name of names) {
    const build = buildOf(name, pattern);
    if (build !== undefined && (newest === undefined || byBuild.compare(build, newest.build) > 0))
      newest = { name, build };
  }
  return newest;
}

/** The files that an HTML listing of a folder links to; nothing in other folders. */
export function namesInListing(html: string): readonly string[] {
  const links = [...html.matchAll(/\bhref\s*=\s*["']([^"']+)["']/gi)].map(([, link]) =>
    (link ?? "").replace(/^\.\//, ""),
  );
  return links.filter((link) => !/[/?#:]/.test(link)).flatMap((link) => decoded(link));
}

function decoded(link: string): readonly string[] {
  try {
    return [decodeURIComponent(link)];
  } catch {
    return [];
  }
}

/** The newest build that an index tells of; undefined when it tells of none. */
export function foundIn(
  finder: Exclude<Finder, { kind: "fixed" | "listing" | "digests" }>,
  text: string,
): Found | undefined {
  const index = parsed(text, finder.index);
  switch (finder.kind) {
    case "fedora-releases":
      return fedoraRelease(finder, index);
    case "oracle-template":
      return oracleTemplate(finder, index);
    case "coreos-stream":
      return coreosStream(finder, index);
  }
}

function fedoraRelease(
  { version, variant, arch, file }: Extract<Finder, { kind: "fedora-releases" }>,
  index: unknown,
): Found | undefined {
  const links = (Array.isArray(index) ? index : [])
    .filter((row) => at(row, "version") === version && at(row, "variant") === variant && at(row, "arch") === arch)
    .map((row) => at(row, "link"))
    .filter((link) => typeof link === "string");
  const newest = newestOf(links.map(fileNameOf), file);
  const url = links.find((link) => fileNameOf(link) === newest?.name);
  return newest === undefined || url === undefined ? undefined : { url, build: newest.build };
}

function oracleTemplate(
  { type, file, index: address }: Extract<Finder, { kind: "oracle-template" }>,
  index: unknown,
): Found | undefined {
  const [base, image, sha256] = ["base_url", "image", "sha256"].map((name) => at(at(index, type), name));
  if (typeof image !== "string" || !isSha256(sha256)) return undefined;
  const build = buildOf(image, file);
  const folder = new URL(typeof base === "string" ? `${base.replace(/\/+$/, "")}/` : ".", address);
  return build === undefined ? undefined : { url: new URL(image, folder).href, build, sha256 };
}

function coreosStream({ arch }: Extract<Finder, { kind: "coreos-stream" }>, index: unknown): Found | undefined {
  const qemu = at(at(at(at(index, "architectures"), arch), "artifacts"), "qemu");
  const disk = at(at(at(qemu, "formats"), "qcow2.xz"), "disk");
  const [url, sha256, build] = [at(disk, "location"), at(disk, "sha256"), at(qemu, "release")];
  if (typeof url !== "string" || !isSha256(sha256) || typeof build !== "string") return undefined;
  return { url, build, sha256 };
}

const isSha256 = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

const fileNameOf = (url: string): string => url.split("/").at(-1) ?? "";

function parsed(text: string, address: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ImageError("refused", `${address} is not the index that it should be.`, {
      why: String(error),
      cause: error,
    });
  }
}

/** A field of its own, never one that every object has. */
function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
