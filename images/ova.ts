import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { ImageError, isImageError, throwIfCancelled } from "./errors.ts";
import { writeError } from "./part-file.ts";
import { sparseWriter } from "./sparse-writer.ts";
import { tarEntries } from "./tar.ts";

/** Descriptions and manifests are a few KiB. */
const TEXT_MAX = 4 * 1024 * 1024;
const DIGEST_LINE = /^(SHA1|SHA256|SHA512)\s*\(([^)]+)\)\s*=\s*([0-9a-f]+)\s*$/gim;

/** The file of the one disk, as the description refers to it: by its name, or by that as it is written in an address. */
type Ovf = { readonly href: string; readonly decoded: string };

/** Whether this looks like an appliance: a tar archive whose first file is an OVF description. */
export async function isOva(file: string): Promise<boolean> {
  try {
    await using handle = await open(file, "r");
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    const name = buffer.toString("latin1", 0, 100).replace(/\0.*$/s, "");
    return bytesRead === 512 && buffer.toString("latin1", 257, 262) === "ustar" && /\.ovf$/i.test(name);
  } catch (error) {
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  }
}

/**
 * Takes the disk out of an appliance and checks every digest that its manifest has. No name in the archive is ever used as a
 * path. `targetFile` is the disk as it lies in there (often a vmdk, perhaps packed).
 *
 * Fails with `unusable` (several disks or none, a damaged archive, strange names), `digest-mismatch`, `disk-full`, `io` or
 * `cancelled`.
 */
export async function extractOva(file: string, targetFile: string, signal?: AbortSignal): Promise<void> {
  const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
  const refuse = (why: string): ImageError => new ImageError("unusable", `${file} cannot be imported.`, { why });
  const digests = new Map<string, Readonly<Record<string, string>>>();
  let ovf: Ovf | undefined;
  let manifest = "";
  let found: string | undefined;
  try {
    for await (const entry of tarEntries(source)) {
      const { name, kind } = entry;
      throwIfCancelled(signal, "The import");
      if (kind !== "file" || /[/\\]|^\.\.?$/.test(name))
        throw refuse(`It holds something strange: ${JSON.stringify(name)}.`);
      const hashes = (["sha1", "sha256", "sha512"] as const).map((algorithm) => createHash(algorithm));
      const hashed = async function* (): AsyncGenerator<Buffer> {
        for await (const chunk of entry.body) {
          for (const hash of hashes) hash.update(chunk);
          yield chunk;
        }
      };
      if (/\.(ovf|mf)$/i.test(name)) {
        if (entry.bytes > TEXT_MAX) throw refuse(`${name} in it is too large.`);
        const pieces: Buffer[] = [];
        for await (const piece of hashed()) pieces.push(piece);
        const text = Buffer.concat(pieces).toString("utf8");
        if (/\.mf$/i.test(name)) manifest = text;
        else ovf = readOvf(text, refuse);
      } else if (ovf !== undefined && (name === ovf.href || (name === ovf.decoded && found !== ovf.href))) {
        found = name;
        await using target = await open(targetFile, "w").catch((error) => {
          throw writeError(targetFile, error);
        });
        await pipeline(hashed(), sparseWriter(targetFile, target), signal === undefined ? {} : { signal });
      } else for await (const _ of hashed());
      const [sha1, sha256, sha512] = hashes.map((hash) => hash.digest("hex"));
      digests.set(name, { sha1: sha1 ?? "", sha256: sha256 ?? "", sha512: sha512 ?? "" });
    }
    if (ovf === undefined) throw refuse("It has no OVF description.");
    if (found === undefined) throw refuse(`The disk ${ovf.href} is not in it.`);
    for (const [, algorithm = "", name = "", hex = ""] of manifest.matchAll(DIGEST_LINE)) {
      const is = digests.get(name)?.[algorithm.toLowerCase()];
      if (is === hex.toLowerCase()) continue;
      throw new ImageError("digest-mismatch", `${file} is damaged: ${name} is not what its manifest says.`, {
        why: is === undefined ? "It is missing." : `Its ${algorithm} should be ${hex} and is ${is}.`,
      });
    }
  } catch (error) {
    await rm(targetFile, { force: true });
    throwIfCancelled(signal, "The import");
    throw isImageError(error)
      ? error
      : new ImageError("io", `${file} cannot be read.`, { cause: error, why: String(error) });
  } finally {
    source.destroy();
  }
}

/** The few attributes that matter; namespaces are written in many ways. */
function readOvf(text: string, refuse: (why: string) => ImageError): Ovf {
  const elements = (name: string): readonly string[] =>
    [...text.matchAll(new RegExp(`<(?:[\\w-]+:)?${name}\\s([^<>]*)>`, "g"))].map(([, attributes = ""]) => attributes);
  const attribute = (attributes: string, name: string): string | undefined => {
    const written = new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(["'])(.*?)\\1`, "s").exec(attributes)?.[2];
    return written === undefined ? undefined : withoutEntities(written);
  };
  const disks = elements("Disk").flatMap((attributes) => attribute(attributes, "fileRef") ?? []);
  const [fileRef] = disks;
  if (fileRef === undefined) throw refuse("Its OVF description names no disk.");
  if (disks.length > 1) throw refuse(`It has ${disks.length} disks; an image is one.`);
  const described = elements("File").find((attributes) => attribute(attributes, "id") === fileRef);
  const href = described === undefined ? undefined : attribute(described, "href");
  if (href === undefined) throw refuse("Its OVF description does not say where its disk is.");
  if (/[/\\]/.test(href)) throw refuse("Its disk is not in it.");
  return { href, decoded: percentDecoded(href) };
}

const ENTITIES = new Map(Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }));

/** What an attribute means; an entity that is none stays as it is written. */
function withoutEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (entity, hex?: string, decimal?: string, name = "") => {
    if (hex === undefined && decimal === undefined) return ENTITIES.get(name) ?? entity;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
