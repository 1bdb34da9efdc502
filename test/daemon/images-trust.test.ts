/** What vouches for stored images, on a real pool of a private libvirtd; the publisher is a server on loopback. */
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect, type Hutch, isHutchError } from "../../src/index.ts";
import { type Loopback, loopback } from "../contract/images-loopback.ts";
import { blankVm } from "../support/blank-vm.ts";
import { hutchIn } from "../support/hutch-cli.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";

const MIB = 1024 ** 2;
const LATEST = "/images/cloud/trixie/latest/";
const NAME = "debian-13-genericcloud-amd64.qcow2";

let lane: SystemLane;
let server: Loopback;
let hutch: Hutch;
const files = new Map<string, { readonly body: Buffer; readonly date?: string }>();

beforeAll(async () => {
  lane = await startSystemLane();
  server = await loopback((response, request) => {
    const file = files.get(request.url ?? "");
    response.writeHead(file === undefined ? 404 : 200, file?.date === undefined ? {} : { "last-modified": file.date });
    response.end(file?.body);
  });
  const home = join(lane.root, "caller");
  mkdirSync(join(home, ".config/hutch"), { recursive: true });
  writeFileSync(join(home, ".config/hutch/config.yaml"), `imageMirror: ${server.url}\n`);
  hutch = await connect({ uri: lane.uri, env: { ...lane.env, HOME: home, XDG_CONFIG_HOME: "", XDG_CACHE_HOME: "" } });
});
afterAll(async () => {
  await hutch?.close();
  await server?.close();
  await lane?.stop();
});
afterEach(() => files.clear());

/** A disk of its own bytes, so that no two are one image. */
function disk(mib = 1): Buffer {
  const file = join(lane.root, "disk.qcow2");
  const raw = join(lane.root, "disk.raw");
  writeFileSync(raw, randomBytes(mib * MIB));
  execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, file]);
  return readFileSync(file);
}

function publish(
  body: Buffer,
  { folder = LATEST, name = NAME, date }: { folder?: string; name?: string; date?: string } = {},
) {
  const list = Buffer.from(`${createHash("sha512").update(body).digest("hex")}  ${name}\n`);
  files.set(`${folder}${name}`, { body });
  files.set(`${folder}SHA512SUMS`, { body: list, ...(date === undefined ? {} : { date }) });
}

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isHutchError(error)) throw new Error(`not a failure of ours: ${String(error)}`);
  return error;
}

const poolFile = (volume: string): string => join(lane.root, "lib/images/hutch", volume);
const volumes = async () => (await hutch.images.list()).map(({ volume }) => volume);

describe("the newest build", () => {
  it("is stored with where it came from, and its chain is told", async () => {
    publish(disk(), { date: "Sun, 12 Jul 2026 10:00:00 GMT" });
    const row = await hutch.images.pull("debian-13").result;
    expect(row.origin).toMatchObject({
      kind: "published",
      entry: "debian-13",
      url: `${server.url}${LATEST}${NAME}`,
      digest: expect.stringMatching(/^sha512:[0-9a-f]{128}$/),
      signedBy: null,
      version: "2026-07-12T10:00:00.000Z",
    });
    const { release, stored } = await hutch.images.info("trixie");
    expect(release).toMatchObject({ title: "Debian 13 (trixie)", user: "debian", endOfLife: "2030-06-30" });
    expect(stored.map(({ chain }) => chain)).toEqual([
      [
        `Fetched from ${server.url}${LATEST}${NAME}, build 2026-07-12T10:00:00.000Z.`,
        expect.stringMatching(/^Its sha512 [0-9a-f]{128} was checked against the publisher's while it came\.$/),
        expect.stringMatching(/^No signature was checked: unsigned upstream; sha512 published by 127\.0\.0\.1/),
        expect.stringMatching(/^Stored on \d{4}-\d\d-\d\d as sha256:[0-9a-f]{64}; hutch image verify/),
      ],
    ]);
  });

  it("is refused when it is older than the one that is here, with a way on", async () => {
    const [before, asked] = [await volumes(), server.requests.length];
    publish(disk(), { date: "Sat, 11 Jul 2026 10:00:00 GMT" });
    const error = await failure(hutch.images.pull("debian-13").result);
    expect(error).toMatchObject({
      code: "E_IMAGE",
      exitCode: 8,
      details: { kind: "downgrade" },
      message: expect.stringMatching(/is older than the debian-13 in the store/),
      why: expect.stringContaining("It is of 2026-07-11T10:00:00.000Z, the store's is of 2026-07-12T10:00:00.000Z"),
      next: expect.arrayContaining([expect.stringContaining("hutch image pull debian-13@BUILD")]),
    });
    expect(await volumes()).toEqual(before);
    // The list alone: not a byte of the image.
    expect(server.requests.length).toBe(asked + 1);
  });

  it("is taken when it is newer", async () => {
    publish(disk(), { date: "Mon, 13 Jul 2026 10:00:00 GMT" });
    const row = await hutch.images.pull("debian-13").result;
    expect(row.origin).toMatchObject({ version: "2026-07-13T10:00:00.000Z" });
    expect(await volumes()).toHaveLength(2);
  });

  it("may be an old one when the user names it", async () => {
    const name = "debian-13-genericcloud-amd64-20250101-1.qcow2";
    publish(disk(), { folder: "/images/cloud/trixie/20250101-1/", name, date: "Wed, 01 Jan 2025 10:00:00 GMT" });
    const row = await hutch.images.pull("debian-13@20250101-1").result;
    expect(row).toMatchObject({ name: "debian-13@20250101-1", origin: { version: "20250101-1" } });
    expect(await volumes()).toHaveLength(3);
    expect(await hutch.images.info("debian-13@20250101-1")).toMatchObject({
      name: "debian-13@20250101-1",
      release: { title: "Debian 13 (trixie)" },
      stored: [{ name: "debian-13@20250101-1" }],
    });
    expect((await hutch.images.info(`debian-13@20250101-1@${row.digest}`)).stored).toHaveLength(1);
    expect(await failure(hutch.images.info("debian-13@20250101-2"))).toMatchObject({
      code: "E_NOT_FOUND",
      next: expect.arrayContaining(["hutch image pull debian-13@20250101-2", "hutch image info debian-13"]),
    });
    // The release's own name still means the newest.
    const asked = server.requests.length;
    const seen = async (image: string) => {
      const { machine } = await hutch.launch({ ...blankVm(`t-${image.length}`, image), start: false }).result;
      return machine.record?.image?.name;
    };
    expect(await seen("debian-13")).toBe("debian-13");
    expect(await seen("trixie@20250101-1")).toBe("debian-13@20250101-1");
    expect(server.requests.length).toBe(asked);
  });

  it("is not stored when its publisher's signature is another's", async () => {
    const image = disk();
    const noble = "ubuntu-24.04-server-cloudimg-amd64.img";
    const folder = "/releases/noble/release/";
    files.set(`${folder}${noble}`, { body: image });
    files.set(`${folder}SHA256SUMS`, {
      body: Buffer.from(`${createHash("sha256").update(image).digest("hex")} *${noble}\n`),
    });
    files.set(`${folder}SHA256SUMS.gpg`, { body: Buffer.from("no signature at all") });
    const error = await failure(hutch.images.pull("noble").result);
    expect(error).toMatchObject({ code: "E_IMAGE", details: { kind: "signature" } });
    expect((await hutch.images.list()).filter(({ name }) => name === "ubuntu-24.04")).toEqual([]);
  });
});

describe("the store, read again", () => {
  it("is right when nothing was done to it", async () => {
    const verdicts = await hutch.images.verify([]).result;
    expect(verdicts.map(({ state }) => state)).toEqual(["ok", "ok", "ok"]);
    for (const { digest, found } of verdicts) expect(found).toBe(digest);
  });

  it("tells damage, and which VM stands on it: exit 8", async () => {
    const cli = hutchIn(lane);
    await hutch.launch({ ...blankVm("t-stands", "debian-13"), start: false }).result;
    const image = (await hutch.images.list()).find(({ usedBy }) => usedBy.includes("t-stands"));
    await hutch.delete({ names: ["t-9", "t-17"], purge: true }).result;
    const file = poolFile(image?.volume ?? "");
    const whole = readFileSync(file);
    const handle = openSync(file, "r+");
    writeSync(handle, Buffer.from([(whole[70_000] ?? 0) ^ 1]), 0, 1, 70_000);
    closeSync(handle);

    const { code, fault, stdout } = await cli.refused(["image", "verify"]);
    expect(code).toBe(8);
    expect(fault.message).toBe(`${image?.volume} is damaged.`);
    expect(fault.why).toContain("The disks of t-stands stand on it");
    expect(
      JSON.parse(stdout)
        .images.map(({ state }: { state: string }) => state)
        .toSorted(),
    ).toEqual(["damaged", "ok", "ok"]);
    writeFileSync(file, whole);
  });

  it("tells a cut one, one with something behind it, and one that is gone", async () => {
    const [first = "", second = "", third = ""] = await volumes();
    const stateOf = async (volume: string) => (await hutch.images.verify([volume]).result).map(({ state }) => state);
    const whole = readFileSync(poolFile(first));
    writeFileSync(poolFile(first), whole.subarray(0, -1));
    expect(await stateOf(first)).toEqual(["damaged"]);
    writeFileSync(poolFile(first), whole);
    expect(await stateOf(first)).toEqual(["ok"]);
    writeFileSync(poolFile(second), Buffer.concat([readFileSync(poolFile(second)), Buffer.alloc(1)]));
    expect(await stateOf(second)).toEqual(["damaged"]);
    await lane.exec(["virsh", "vol-delete", "--pool", "hutch", third]);
    expect(await stateOf(third)).toEqual(["missing"]);
  });

  it("refuses a name that it does not have", async () => {
    expect(await failure(hutch.images.verify(["debian-14"]).result)).toMatchObject({ code: "E_NOT_FOUND" });
  });

  it("shows how far it is, and can be cancelled", async () => {
    const file = join(lane.root, "large.qcow2");
    writeFileSync(file, disk(96));
    await hutch.images.import(file, { name: "large" }).result;
    const operation = hutch.images.verify(["large"]);
    const seen: number[] = [];
    for await (const event of operation) {
      if (event.k !== "step.progress") continue;
      seen.push(event.done);
      operation.cancel();
    }
    expect(await failure(operation.result)).toMatchObject({ code: "E_CANCELLED" });
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen.at(-1)).toBeLessThan(96 * MIB);
    expect((await hutch.images.verify(["large"]).result)[0]?.state).toBe("ok");
  });

  it("tells of an image that nobody published what there is to tell", async () => {
    const { release, stored } = await hutch.images.info("large");
    expect(release).toBeNull();
    expect(stored[0]?.chain[0]).toBe(`Imported from ${join(lane.root, "large.qcow2")}: you vouch for it.`);
    expect((await hutch.images.info(stored[0]?.digest ?? "")).name).toBe("large");
    expect(await failure(hutch.images.info("debain-13"))).toMatchObject({
      code: "E_NOT_FOUND",
      next: expect.arrayContaining(["Did you mean debian-13?"]),
    });
  });
});

describe("a launch", () => {
  it("warns of a release whose end has passed, and makes the VM", async () => {
    const name = "debian-11-genericcloud-amd64.qcow2";
    publish(disk(), { folder: "/images/cloud/bullseye/latest/", name });
    const { warnings } = await hutch.launch({ ...blankVm("t-old", "debian-11"), start: false }).result;
    expect(warnings).toEqual([expect.stringMatching(/^Debian 11 \(bullseye\) reached its end of life on 2026-08-31/)]);
  });

  it("refuses an image that is set up by Ignition, and makes nothing", async () => {
    const [before, asked] = [(await hutch.list()).length, server.requests.length];
    const error = await failure(hutch.launch(blankVm("t-flatcar", "flatcar")).result);
    expect(error).toMatchObject({
      code: "E_IMAGE",
      message: expect.stringMatching(/is set up by ignition, not by cloud-init/),
      left: [],
    });
    expect((await hutch.list()).length).toBe(before);
    expect(server.requests.length).toBe(asked);
  });
});
