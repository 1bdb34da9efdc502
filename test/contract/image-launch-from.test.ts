/** Launches of what is fetched from elsewhere than the publisher: a registry's address, a mirror. */
import { execFile, execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Hutch, isHutchError } from "../../src/index.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type Loopback, loopback, serve } from "./images-loopback.ts";

const MIB = 1024 ** 2;
const HUTCH = join(import.meta.dirname, "../../dist/hutch.js");
const OCI = "application/vnd.oci.image.manifest.v1+json";
const FOLDER = "/images/cloud/trixie/latest";
const NAME = "debian-13-genericcloud-amd64.qcow2";

const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
const made = mkdtempSync(join(tmpdir(), "hutch-fetch-image-"));
let disk: Buffer;
let layer: Buffer;
let manifest: string;

beforeAll(() => {
  const [raw, file] = [join(made, "disk.raw"), join(made, "disk", "disk.qcow2")];
  mkdirSync(join(made, "disk"));
  writeFileSync(raw, randomBytes(4 * MIB));
  execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, file]);
  disk = readFileSync(file);
  layer = execFileSync("tar", ["-C", made, "-c", "disk"], { maxBuffer: 64 * MIB });
  manifest = JSON.stringify({ schemaVersion: 2, mediaType: OCI, layers: [{ digest: `sha256:${sha256(layer)}` }] });
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

let home: string;
let server: Loopback;
let hutch: Hutch;
/** The paths that were asked for. */
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = await loopback((response, request) => {
    const path = request.url ?? "";
    asked.push(path);
    if (path.includes("/manifests/")) response.writeHead(200, { "content-type": OCI }).end(manifest);
    else if (path.includes("/blobs/")) serve(response, request, layer, '"a"');
    else if (path === `${FOLDER}/${NAME}`) serve(response, request, disk, '"a"');
    else if (path === `${FOLDER}/SHA512SUMS`)
      response.end(`${createHash("sha512").update(disk).digest("hex")}  ${NAME}\n`);
    else response.writeHead(404).end();
  });
  home = mkdtempSync(join(tmpdir(), "hutch-fetch-"));
  mkdirSync(join(home, ".config/hutch"), { recursive: true });
  writeFileSync(join(home, ".config/hutch/config.yaml"), `imageMirror: ${server.url}\n`);
  hutch = await connect({ uri: "test:///default", env: { HOME: home } });
});
afterEach(async () => {
  await hutch.close();
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const address = () => `oci://${server.url.slice("http://".length)}/disks/mine:1`;
const bodies = () => asked.filter((path) => path.includes("/blobs/") || path.startsWith(`${FOLDER}/${NAME}`));

/** By the command, in a process of its own. */
async function run(...args: readonly string[]) {
  const xdg = { XDG_CONFIG_HOME: "", XDG_CACHE_HOME: "", XDG_DATA_HOME: "" };
  // No way out of this machine: a mirror is asked for the digest as well then.
  const env = { ...process.env, ...xdg, HOME: home, https_proxy: "http://127.0.0.1:9" };
  const argv = [HUTCH, ...args, "--connect", "test:///default", "-o", "json"];
  return JSON.parse((await promisify(execFile)(process.execPath, argv, { env })).stdout);
}

describe("launch", () => {
  it("makes nothing of a registry's address that is none", async () => {
    const gone = address().replace("/disks/mine:1", "/disks/UPPER");
    const error: unknown = await hutch.launch(blankVm("t-gone", gone)).result.catch((reason: unknown) => reason);
    expect(isHutchError(error) && error.code).toBe("E_USAGE");
    expect((await hutch.list()).map(({ name }) => name)).toEqual(["test"]);
  });

  it("downloads from the mirror that --mirror names", async () => {
    writeFileSync(join(home, ".config/hutch/config.yaml"), "imageMirror: http://127.0.0.1:9\n");
    const words = ["--name", "t-mirror", "--cpus", "1", "--memory", "64M", "--disk", "16M", "--wait-for", "running"];
    const told = await run("launch", "debian-13", ...words, "--accel", "tcg", "--mirror", server.url);
    expect(told.machine.record.image).toMatchObject({ name: "debian-13" });
    expect(bodies()).toEqual([`${FOLDER}/${NAME}`]);
  });

  it("takes an oci:// address on the command line", async () => {
    const words = ["--name", "t-oci", "--cpus", "1", "--memory", "64M", "--disk", "16M", "--wait-for", "running"];
    const told = await run("launch", address(), ...words, "--accel", "tcg");
    expect(told.machine.record.image).toMatchObject({ name: "disks-mine-1" });
  });
});
