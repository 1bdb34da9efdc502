import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Architecture } from "./catalogue-entry.ts";
import { ImageError, isImageError, throwIfCancelled } from "./errors.ts";
import type { Digest } from "./hash.ts";
import { unpacked } from "./packing.ts";
import { writeError } from "./part-file.ts";
import { Registry, type RegistryOptions } from "./registry.ts";
import { type ImageManifest, manifestFor } from "./registry-manifest.ts";
import type { Reference } from "./registry-reference.ts";
import { sparseWriter } from "./sparse-writer.ts";
import { padding, tarEntries, tarHeader } from "./tar.ts";
import type { Source } from "./transfer.ts";
import { packingOfFile, tooMuch, UNPACKED_MAX } from "./unpack.ts";

export type ContainerDiskOptions = RegistryOptions & {
  readonly onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
};

/** Of the user that QEMU runs as in KubeVirt's pods. */
const OWNER = 107;
const END_BYTES = 1024;
const FOLDER = "disk/";
const PIECE_BYTES = 1024 * 1024;

const LAYER = "application/vnd.oci.image.layer.v1.tar";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** Architectures as containers call them. */
const PLATFORM: Readonly<Record<Architecture, string>> = { x86_64: "amd64", aarch64: "arm64" };

/** A disk in a registry: the digest of the manifest that names it, and the layer that it lies in. */
export type ContainerDisk = {
  readonly manifest: string;
  readonly layer: Source & { readonly digest: Digest };
};

/**
 * Finds the disk in a container image in KubeVirt's layout: one file in the folder `disk` of its one layer. Each byte is
 * checked when the layer is got by `download`: manifest, layer and, through it, the disk are named by their digests.
 *
 * Fails as `download`, with `unsupported` (no such architecture) and with `unusable` (several layers).
 */
export async function findContainerDisk(
  reference: Reference,
  arch: Architecture,
  options: RegistryOptions = {},
): Promise<ContainerDisk> {
  const registry = new Registry(reference, options);
  const { digest: manifest, layers } = await manifestFor(registry, reference, PLATFORM[arch]);
  const hex = onlyLayer(layers, reference);
  return { manifest, layer: { ...registry.blob(`sha256:${hex}`), digest: { algorithm: "sha256", hex } } };
}

/**
 * Puts a disk into a registry in KubeVirt's layout. A layer that is there already is not sent again. Returns the digest of
 * the manifest. Fails with `refused` (the registry takes no push), `unreachable`, `io` or `cancelled`.
 */
export async function pushContainerDisk(
  file: string,
  disk: { readonly name: string; readonly arch: Architecture },
  reference: Reference,
  options: ContainerDiskOptions = {},
): Promise<{ readonly manifest: string }> {
  const { signal, onProgress } = options;
  const registry = new Registry(reference, options);
  await using handle = await open(file, "r").catch((error) => {
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  });
  const { size } = await handle.stat();
  const head = Buffer.concat([
    tarHeader({ name: FOLDER, bytes: 0, mode: 0o555, owner: OWNER, kind: "folder" }),
    tarHeader({ name: `${FOLDER}${disk.name}`, bytes: size, mode: 0o440, owner: OWNER, kind: "file" }),
  ]);
  const tail = Buffer.alloc(padding(size) + END_BYTES);
  const layer = async function* (told: boolean): AsyncGenerator<Buffer> {
    yield head;
    let done = 0;
    for await (const chunk of createReadStream(file, { highWaterMark: PIECE_BYTES })) {
      throwIfCancelled(signal, "The push");
      done += chunk.length;
      if (told) onProgress?.(done, size);
      yield chunk;
    }
    yield tail;
  };
  const bytes = head.length + size + tail.length;
  const hash = createHash("sha256");
  for await (const chunk of layer(false)) hash.update(chunk);
  const digest = `sha256:${hash.digest("hex")}`;
  const config = JSON.stringify({
    architecture: PLATFORM[disk.arch],
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [digest] },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, size: Buffer.byteLength(config), digest: digestOf(config) },
    layers: [{ mediaType: LAYER, size: bytes, digest }],
  });
  if (!(await registry.hasBlob(digest)))
    await registry.uploadBlob(digest, bytes, () => Readable.from(layer(true), { objectMode: false }));
  if (!(await registry.hasBlob(digestOf(config))))
    await registry.uploadBlob(digestOf(config), Buffer.byteLength(config), () => Buffer.from(config));
  await registry.putManifest(reference.target, MANIFEST, manifest);
  return { manifest: digestOf(manifest) };
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

function onlyLayer(layers: ImageManifest["layers"], { text }: Reference): string {
  const [layer, ...others] = layers;
  const hex = /^sha256:([0-9a-f]{64})$/.exec(layer?.digest ?? "")?.[1];
  if (hex !== undefined && others.length === 0) return hex;
  throw notDisk(text, `It has ${layers.length} layers; a disk is one.`);
}

function notDisk(text: string, why: string): ImageError {
  return new ImageError("unusable", `${text} is no disk of a VM in a container image.`, {
    why,
    next: ["oci://quay.io/containerdisks/fedora:latest is one"],
  });
}

/**
 * Takes the disk out of a layer; `targetFile` is the disk as it lies in there. A layer that holds none is removed. Fails with
 * `unusable` (another layout, or a disk that is larger than any), `disk-full`, `io` or `cancelled`, and leaves no target then.
 */
export async function extractContainerDisk(
  layerFile: string,
  targetFile: string,
  { text }: Reference,
  signal?: AbortSignal,
): Promise<void> {
  const packing = await packingOfFile(layerFile);
  const stored = createReadStream(layerFile, { highWaterMark: PIECE_BYTES });
  const tar = packing === undefined ? stored : unpacked(stored, packing, signal);
  let found: string | undefined;
  try {
    for await (const { name, kind, bytes, body } of tarEntries(tar)) {
      if (kind !== "file" || !name.startsWith(FOLDER) || name.slice(FOLDER.length).includes("/")) continue;
      if (found !== undefined) throw notDisk(text, `It has several disks: ${found}, ${name}.`);
      if (bytes > UNPACKED_MAX) throw tooMuch(text, UNPACKED_MAX);
      found = name;
      await using target = await open(targetFile, "w").catch((error) => {
        throw writeError(targetFile, error);
      });
      await pipeline(body, sparseWriter(targetFile, target), signal === undefined ? {} : { signal });
    }
    if (found === undefined) throw notDisk(text, "There is nothing in its folder /disk.");
  } catch (error) {
    await rm(targetFile, { force: true });
    throwIfCancelled(signal, "The pull");
    if (isImageError(error) && error.kind === "unusable") await rm(layerFile, { force: true });
    throw isImageError(error) ? error : new ImageError("io", `${layerFile} cannot be read.`, { why: String(error) });
  } finally {
    tar.destroy();
    stored.destroy();
  }
}
