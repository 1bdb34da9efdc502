/** Images on their way into a real pool: cut and gone on with, and fetched by several at once; from a registry, from a publisher. */
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Hutch } from "../../src/index.ts";
import { type Loopback, loopback, serve } from "../contract/images-loopback.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";

const MIB = 1024 ** 2;
const OCI = "application/vnd.oci.image.manifest.v1+json";
const FOLDER = "/images/cloud/trixie/latest";
const NAME = "debian-13-genericcloud-amd64.qcow2";

const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
const made = mkdtempSync(join(tmpdir(), "hutch-fetch-image-"));
let disk: Buffer;
let layer: Buffer;
let manifest: string;
let lane: SystemLane;

beforeAll(async () => {
  lane = await startSystemLane();
  const [raw, file] = [join(made, "disk.raw"), join(made, "disk", "disk.qcow2")];
  mkdirSync(join(made, "disk"));
  writeFileSync(raw, randomBytes(4 * MIB));
  execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, file]);
  disk = readFileSync(file);
  layer = execFileSync("tar", ["-C", made, "-c", "disk"], { maxBuffer: 64 * MIB });
  manifest = JSON.stringify({ schemaVersion: 2, mediaType: OCI, layers: [{ digest: `sha256:${sha256(layer)}` }] });
});
afterAll(async () => {
  await lane?.stop();
  rmSync(made, { recursive: true, force: true });
});

let home: string;
let server: Loopback;
let hutch: Hutch;
/** The paths that were asked for, with the range where there was one. */
let asked: string[];
/** A body of which no more than this comes the first time, and nothing behind it. */
let firstStopsAt: number | undefined;

beforeEach(async () => {
  asked = [];
  firstStopsAt = undefined;
  server = await loopback((response, request) => {
    const path = request.url ?? "";
    const { range } = request.headers;
    asked.push(range === undefined ? path : `${path} ${range}`);
    if (path.includes("/manifests/")) return response.writeHead(200, { "content-type": OCI }).end(manifest);
    if (path === `${FOLDER}/SHA512SUMS`)
      return response.end(`${createHash("sha512").update(disk).digest("hex")}  ${NAME}\n`);
    const body = path.includes("/blobs/") ? layer : path === `${FOLDER}/${NAME}` ? disk : undefined;
    if (body === undefined) return response.writeHead(404).end();
    const stopsAt = firstStopsAt;
    firstStopsAt = undefined;
    if (stopsAt === undefined) return serve(response, request, body, '"a"');
    response.writeHead(200, { etag: '"a"', "content-length": body.length });
    response.write(body.subarray(0, stopsAt));
  });
  home = mkdtempSync(join(tmpdir(), "hutch-fetch-"));
  mkdirSync(join(home, ".config/hutch"), { recursive: true });
  writeFileSync(join(home, ".config/hutch/config.yaml"), `imageMirror: ${server.url}\n`);
  hutch = await connect({ uri: lane.uri, env: { ...lane.env, HOME: home, XDG_CONFIG_HOME: "", XDG_CACHE_HOME: "" } });
});
afterEach(async () => {
  await hutch.delete({ names: (await hutch.list()).map(({ name }) => name), purge: true }).result;
  await hutch.images.remove((await hutch.images.list()).map(({ name }) => name)).result;
  await hutch.close();
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const address = () => `oci://${server.url.slice("http://".length)}/disks/mine:1`;
const bodies = () => asked.filter((path) => path.includes("/blobs/") || path.startsWith(`${FOLDER}/${NAME}`));
const cached = () => readdirSync(join(home, ".cache/hutch/images"));

/** Until bytes of a download are in the cache. */
async function somethingCame(): Promise<void> {
  const folder = join(home, ".cache/hutch/images");
  const parts = () => cached().filter((name) => name.endsWith(".part"));
  while (!existsSync(folder) || parts().every((name) => statSync(join(folder, name)).size === 0))
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.each([
  ["a registry", address],
  ["a publisher", () => "debian-13"],
])("from %s", (_, image) => {
  it("a cut pull is gone on with by the next call", async () => {
    firstStopsAt = 2 * MIB;
    const first = hutch.images.pull(image());
    await somethingCame();
    first.cancel();
    await expect(first.result).rejects.toMatchObject({ code: "E_CANCELLED" });
    expect(cached().filter((name) => name.endsWith(".part"))).toHaveLength(1);
    await hutch.images.pull(image()).result;
    expect(bodies()).toEqual([expect.not.stringContaining("bytes="), expect.stringMatching(/ bytes=[1-9]\d*-$/)]);
    expect(cached()).toEqual([]);
  });

  it("pulls at one time share one download, and a later one needs none", async () => {
    const pulls = await Promise.all([1, 2, 3].map(() => hutch.images.pull(image()).result));
    expect(new Set(pulls.map(({ volume }) => volume)).size).toBe(1);
    expect(pulls[0]?.digest).toBe(`sha256:${sha256(disk)}`);
    await hutch.images.pull(image()).result;
    expect(bodies()).toHaveLength(1);
    expect(cached()).toEqual([]);
  });

  it("a prune leaves alone what is being fetched", async () => {
    firstStopsAt = 2 * MIB;
    const pull = hutch.images.pull(image());
    await somethingCame();
    expect((await hutch.images.prunePlan({ all: true })).rows).toEqual([]);
    pull.cancel();
    await expect(pull.result).rejects.toMatchObject({ code: "E_CANCELLED" });
    expect((await hutch.images.prunePlan({ all: true })).rows).toHaveLength(1);
  });
});

describe("launch", () => {
  it("takes an image from a registry, and from the store the next time", async () => {
    const { machine } = await hutch.launch({ ...blankVm("t-oci", address()), start: false }).result;
    expect(machine.record?.image).toMatchObject({ name: "disks-mine-1" });
    const [row] = await hutch.images.list();
    expect(row).toMatchObject({
      origin: { kind: "registry", reference: address(), manifest: `sha256:${sha256(manifest)}` },
      trust: expect.stringContaining("unsigned"),
      usedBy: ["t-oci"],
    });
    const before = asked.length;
    await hutch.launch({ ...blankVm("t-oci-2", address()), start: false }).result;
    expect(asked.length).toBe(before);
  });
});
