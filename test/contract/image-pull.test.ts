import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ConnectOptions, connect, type Hutch, isHutchError } from "../../src/index.ts";

/** The catalogue's own addresses, with a server on loopback in the publisher's place. */
const FOLDER = "/images/cloud/trixie/latest";
const NAME = "debian-13-genericcloud-amd64.qcow2";

let folder: string;
let server: Server;
let files: Map<string, Buffer | string>;
let asked: string[];
let hutch: Hutch;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hutch-pull-"));
  files = new Map();
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const body = files.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  hutch = await open((server.address() as AddressInfo).port);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hutch.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** With a config file that sends every download to `port`. */
function open(port: number, options: Partial<ConnectOptions> = {}): Promise<Hutch> {
  mkdirSync(join(folder, ".config/hutch"), { recursive: true });
  writeFileSync(join(folder, ".config/hutch/config.yaml"), `imageMirror: http://127.0.0.1:${port}\n`);
  return connect({ uri: "test:///default", env: { HOME: folder }, ...options });
}

/** A small disk image, and the publisher's digest of it. */
function publish(bytes: Buffer, digestOf = bytes): string {
  const sha512 = createHash("sha512").update(digestOf).digest("hex");
  files.set(`${FOLDER}/${NAME}`, bytes);
  files.set(`${FOLDER}/SHA512SUMS`, `${sha512}  ${NAME}\n`);
  return createHash("sha256").update(bytes).digest("hex");
}

function smallImage(): Buffer {
  const file = join(folder, "small.qcow2");
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", file, "1M"]);
  return readFileSync(file);
}

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isHutchError(error)) throw new Error(`not a failure of ours: ${String(error)}`);
  return error;
}

describe("image pull", () => {
  it("brings the publisher's image into the store, checked, once", async () => {
    const sha256 = publish(smallImage());
    const row = await hutch.images.pull("debian-13").result;
    expect(row).toMatchObject({ name: "debian-13", digest: `sha256:${sha256}`, usedBy: [] });
    expect(row.trust).toContain("unsigned upstream");
    expect(asked).toEqual([`${FOLDER}/SHA512SUMS`, `${FOLDER}/${NAME}`]);
  });

  it("looks once more when the image was replaced under it, then refuses", async () => {
    publish(smallImage(), Buffer.from("another"));
    const error = await failure(hutch.images.pull("debian-13").result);
    expect(error).toMatchObject({ code: "E_IMAGE", exitCode: 8, details: { kind: "digest-mismatch" } });
    expect(asked).toEqual([`${FOLDER}/SHA512SUMS`, `${FOLDER}/${NAME}`, `${FOLDER}/SHA512SUMS`, `${FOLDER}/${NAME}`]);
    expect(await hutch.images.list()).toEqual([]);
  });

  it("offers to build what cannot be downloaded, at launch too, and makes nothing", async () => {
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await hutch.close();
    hutch = await open(port);
    for (const work of [hutch.images.pull("debian-13"), hutch.launch({ name: "web", image: "debian-13" })]) {
      const error = await failure(work.result);
      expect(error).toMatchObject({
        code: "E_IMAGE",
        details: { kind: "unreachable", buildable: true, image: "debian-13" },
        left: [],
      });
      expect(error.next).toContain("hutch image build debian-13");
    }
    expect((await hutch.list()).map(({ name }) => name)).toEqual(["test"]);
  });

  it("comes from the mirror that is asked for, at its word where the publisher cannot be reached", async () => {
    publish(smallImage());
    // Every way out of this machine.
    vi.stubEnv("https_proxy", "http://127.0.0.1:9");
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const withPassword = mirror.replace("//", "//me:secret@");
    const row = await hutch.images.pull("debian-13", { mirror: withPassword }).result;
    expect(JSON.stringify(row)).not.toContain("secret");
    expect(row.trust).toContain("the mirror's own word, its publisher could not be reached");
    expect(row.origin).toMatchObject({ kind: "published", url: `${mirror}${FOLDER}/${NAME}` });
  });

  it("comes from the mirror of its distribution in the config", async () => {
    publish(smallImage());
    vi.stubEnv("https_proxy", "http://127.0.0.1:9");
    const { port } = server.address() as AddressInfo;
    await hutch.close();
    const config = "imageMirror: http://127.0.0.1:9\nimages:\n  mirrors:\n";
    writeFileSync(join(folder, ".config/hutch/config.yaml"), `${config}    debian: http://127.0.0.1:${port}\n`);
    hutch = await connect({ uri: "test:///default", env: { HOME: folder } });
    expect(await hutch.images.pull("debian-13").result).toMatchObject({ name: "debian-13" });
    expect(asked).toEqual([`${FOLDER}/SHA512SUMS`, `${FOLDER}/${NAME}`]);
  });

  it("is refused from a mirror that does not carry it, or that is none, before anybody is asked", async () => {
    vi.stubEnv("https_proxy", "http://127.0.0.1:9");
    for (const [mirror, message, code, kind] of [
      ["tuna", "not known to carry", "E_IMAGE", "unsupported"],
      ["tsinghua", 'no mirror "tsinghua"', "E_USAGE", "malformed"],
    ] as const) {
      const error = await failure(hutch.images.pull("debian-13", { mirror }).result);
      expect(error).toMatchObject({ code, details: { kind } });
      expect(error.message).toContain(message);
    }
  });

  it("says where it cannot write", async () => {
    publish(smallImage());
    mkdirSync(join(folder, ".cache/hutch"), { recursive: true });
    writeFileSync(join(folder, ".cache/hutch/images"), "a file in the folder's place");
    const file = smallImage();
    writeFileSync(join(folder, "mine.qcow2"), file);
    for (const work of [hutch.images.pull("debian-13"), hutch.images.import(join(folder, "mine.qcow2"))]) {
      const error = await failure(work.result);
      expect(error).toMatchObject({
        code: "E_IMAGE",
        details: { kind: "io" },
        message: `Nothing can be written in ${join(folder, ".cache/hutch/images")}.`,
      });
    }
  });

  it("names near images for a word that is none", async () => {
    const error = await failure(hutch.images.pull("debain-13").result);
    expect(error).toMatchObject({ code: "E_NOT_FOUND", exitCode: 4 });
    expect(error.next.join(" ")).toContain("debian-13");
  });

  it("says the way on for a build that is gone, and for a publisher that cannot be reached", async () => {
    const gone = await failure(hutch.images.pull("debian-13@20200101-1").result);
    expect(gone).toMatchObject({ code: "E_IMAGE", details: { kind: "not-found" } });
    expect(gone.next.map((step) => step.split(":")[0])).toEqual([
      "hutch image pull debian-13",
      "hutch image info debian-13",
    ]);
    await hutch.close();
    hutch = await open(9);
    const away = await failure(hutch.images.pull("rocky-9").result);
    expect(away).toMatchObject({ code: "E_IMAGE", details: { kind: "unreachable" } });
    expect(away.next).toEqual(["hutch image pull rocky-9 --mirror URL: from another server"]);
  });
});

describe("image import", () => {
  it("remembers a file by its whole path, however it was named", async () => {
    const file = join(folder, "mine.raw");
    const disk = Buffer.alloc(1024 ** 2);
    disk.set([0x55, 0xaa], 510);
    writeFileSync(file, disk);
    const row = await hutch.images.import(relative(process.cwd(), file)).result;
    expect(row).toMatchObject({ name: "mine", origin: { kind: "imported", from: file } });
  });
});

describe("image push", () => {
  it("is refused to a digest, which only comes out of a push, before the image is looked for", async () => {
    const address = `oci://127.0.0.1:9/disks/mine:1@sha256:${"ab".repeat(32)}`;
    expect(await failure(hutch.images.push("no-such-image", address).result)).toMatchObject({
      code: "E_USAGE",
      message: `Nothing can be pushed to ${address}: a push needs a tag.`,
      next: ["hutch image push no-such-image oci://127.0.0.1:9/disks/mine:TAG"],
    });
  });
});

describe("a word that is wrong", () => {
  it.each([
    ["pull", "debain-13", {}, "E_NOT_FOUND"],
    ["pull", "oci://", {}, "E_USAGE"],
    ["build", "debain-13", {}, "E_NOT_FOUND"],
    ["build", "rocky-9", {}, "E_IMAGE"],
    ["build", "debian-13@20260712-2537", {}, "E_USAGE"],
    ["import", "https://", {}, "E_USAGE"],
    ["import", "ftp://127.0.0.1/x.qcow2", {}, "E_USAGE"],
    ["import", "oci://127.0.0.1/x", {}, "E_USAGE"],
    ["import", "/nowhere.qcow2", {}, "E_NOT_FOUND"],
    ["import", import.meta.dirname, { name: "x" }, "E_USAGE"],
    ["import", import.meta.filename, { name: "a b" }, "E_USAGE"],
    ["import", import.meta.filename, { name: "../x" }, "E_USAGE"],
    ["import", "http://127.0.0.1:9/x.qcow2", {}, "E_USAGE"],
  ] as const)("is refused before a pool is made: %s %s", async (verb, word, how, code) => {
    const { images } = hutch;
    const work =
      verb === "import" ? images.import(word, how) : verb === "pull" ? images.pull(word) : images.build(word);
    const error = await failure(work.result);
    expect(error).toMatchObject({ code, next: expect.arrayContaining([expect.any(String)]) });
    expect((await hutch.pools.list()).map(({ name }) => name)).not.toContain("hutch");
  });
});
