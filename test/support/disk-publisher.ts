/** One small disk as Debian publishes its image, and as a registry holds it, both on loopback. */
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loopback, serve } from "../contract/images-loopback.ts";

const MIB = 1024 ** 2;
const OCI = "application/vnd.oci.image.manifest.v1+json";
const FOLDER = "/images/cloud/trixie/latest";
const NAME = "debian-13-genericcloud-amd64.qcow2";

export const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

export type PublishedDisk = {
  readonly disk: Buffer;
  /** The same in a container image. */
  readonly layer: Buffer;
  readonly manifest: string;
};

/** Of bytes that no other has; takes `qemu-img` and `tar` half a second. */
export function makePublishedDisk(): PublishedDisk {
  const made = mkdtempSync(join(tmpdir(), "hutch-published-"));
  try {
    const [raw, file] = [join(made, "disk.raw"), join(made, "disk", "disk.qcow2")];
    mkdirSync(join(made, "disk"));
    writeFileSync(raw, randomBytes(4 * MIB));
    execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, file]);
    const layer = execFileSync("tar", ["-C", made, "-c", "disk"], { maxBuffer: 64 * MIB });
    const manifest = { schemaVersion: 2, mediaType: OCI, layers: [{ digest: `sha256:${sha256(layer)}` }] };
    return { disk: readFileSync(file), layer, manifest: JSON.stringify(manifest) };
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

export type DiskPublisher = {
  /** Where Debian's addresses are served (`imageMirror` of the config). */
  readonly url: string;
  /** `oci://…` of the same disk. */
  readonly address: string;
  /** The paths that were asked for, with the range where there was one. */
  readonly asked: readonly string[];
  /** Those of them that have the disk in them. */
  readonly bodies: () => readonly string[];
  /** From now on this is what is published, whatever it is. */
  readonly publish: (disk: Buffer) => void;
  /** Of the next disk that is asked for no more than this comes, and nothing behind it. */
  readonly stopNextAt: (bytes: number) => void;
  readonly close: () => Promise<void>;
};

export async function publishDisk({ disk: first, layer, manifest }: PublishedDisk): Promise<DiskPublisher> {
  let disk = first;
  const asked: string[] = [];
  let nextStopsAt: number | undefined;
  const server = await loopback((response, request) => {
    const path = request.url ?? "";
    const { range } = request.headers;
    asked.push(range === undefined ? path : `${path} ${range}`);
    if (path.includes("/manifests/")) return response.writeHead(200, { "content-type": OCI }).end(manifest);
    if (path === `${FOLDER}/SHA512SUMS`)
      return response.end(`${createHash("sha512").update(disk).digest("hex")}  ${NAME}\n`);
    const body = path.includes("/blobs/") ? layer : path === `${FOLDER}/${NAME}` ? disk : undefined;
    if (body === undefined) return response.writeHead(404).end();
    const stopsAt = nextStopsAt;
    nextStopsAt = undefined;
    if (stopsAt === undefined) return serve(response, request, body, '"a"');
    response.writeHead(200, { etag: '"a"', "content-length": body.length });
    response.write(body.subarray(0, stopsAt));
  });
  return {
    url: server.url,
    address: `oci://${server.url.slice("http://".length)}/disks/mine:1`,
    asked,
    bodies: () => asked.filter((path) => path.includes("/blobs/") || path.startsWith(`${FOLDER}/${NAME}`)),
    publish: (next) => {
      disk = next;
    },
    stopNextAt: (bytes) => {
      nextStopsAt = bytes;
    },
    close: server.close,
  };
}
