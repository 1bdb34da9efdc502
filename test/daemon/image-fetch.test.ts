/** Images on their way into a real pool: cut and gone on with, and fetched by several at once; from a registry, from a publisher. */
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
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, type Hutch } from "../../src/index.ts";
import { blankVm } from "../support/blank-vm.ts";
import {
  type DiskPublisher,
  makePublishedDisk,
  type PublishedDisk,
  publishDisk,
  sha256,
} from "../support/disk-publisher.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";

const MIB = 1024 ** 2;
let made: PublishedDisk;
let lane: SystemLane;

beforeAll(async () => {
  lane = await startSystemLane();
  made = makePublishedDisk();
});
afterAll(() => lane?.stop());

let home: string;
let server: DiskPublisher;
let hutch: Hutch;

beforeEach(async () => {
  server = await publishDisk(made);
  home = mkdtempSync(join(tmpdir(), "hutch-fetch-"));
  mkdirSync(join(home, ".config/hutch"), { recursive: true });
  writeFileSync(join(home, ".config/hutch/config.yaml"), `imageMirror: ${server.url}\n`);
  hutch = await connect({ uri: lane.uri, env: { ...lane.env, HOME: home, XDG_CONFIG_HOME: "", XDG_CACHE_HOME: "" } });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hutch.delete({ names: (await hutch.list()).map(({ name }) => name), purge: true }).result;
  await hutch.images.remove((await hutch.images.list()).map(({ name }) => name)).result;
  await hutch.close();
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const cached = () => readdirSync(join(home, ".cache/hutch/images"));

/** Until bytes of a download are in the cache. */
async function somethingCame(): Promise<void> {
  const folder = join(home, ".cache/hutch/images");
  const parts = () => cached().filter((name) => name.endsWith(".part"));
  while (!existsSync(folder) || parts().every((name) => statSync(join(folder, name)).size === 0))
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.each([
  ["a registry", () => server.address],
  ["a publisher", () => "debian-13"],
])("from %s", (_, image) => {
  it("a cut pull is gone on with by the next call", async () => {
    server.stopNextAt(2 * MIB);
    const first = hutch.images.pull(image());
    await somethingCame();
    first.cancel();
    await expect(first.result).rejects.toMatchObject({ code: "E_CANCELLED" });
    expect(cached().filter((name) => name.endsWith(".part"))).toHaveLength(1);
    await hutch.images.pull(image()).result;
    expect(server.bodies()).toEqual([
      expect.not.stringContaining("bytes="),
      expect.stringMatching(/ bytes=[1-9]\d*-$/),
    ]);
    expect(cached()).toEqual([]);
  });

  it("pulls at one time share one download, and a later one needs none", async () => {
    const pulls = await Promise.all([1, 2, 3].map(() => hutch.images.pull(image()).result));
    expect(new Set(pulls.map(({ volume }) => volume)).size).toBe(1);
    expect(pulls[0]?.digest).toBe(`sha256:${sha256(made.disk)}`);
    await hutch.images.pull(image()).result;
    expect(server.bodies()).toHaveLength(1);
    expect(cached()).toEqual([]);
  });

  it("a prune leaves alone what is being fetched", async () => {
    server.stopNextAt(2 * MIB);
    const pull = hutch.images.pull(image());
    await somethingCame();
    expect((await hutch.images.prunePlan({ all: true })).rows).toEqual([]);
    pull.cancel();
    await expect(pull.result).rejects.toMatchObject({ code: "E_CANCELLED" });
    expect((await hutch.images.prunePlan({ all: true })).rows).toHaveLength(1);
  });
});

describe("a publisher", () => {
  it("of what is no image is told where else to get it, and nothing of it stays", async () => {
    server.publish(Buffer.from("the page of a hotel's network"));
    await expect(hutch.images.pull("debian-13").result).rejects.toMatchObject({
      code: "E_IMAGE",
      details: { kind: "unusable" },
      message: expect.stringMatching(
        /^What http:.*debian-13-genericcloud-amd64\.qcow2 has cannot be used as an image\.$/,
      ),
      next: [
        "hutch image pull debian-13 --mirror URL: from another server",
        "hutch image build debian-13: the same release, from Debian's packages",
      ],
    });
    expect(cached()).toEqual([]);
    expect(await hutch.images.list()).toEqual([]);
  });
});

describe("what vouches for an image", () => {
  const labels = () =>
    readdirSync(join(lane.root, "lib/images/hutch"))
      .filter((name) => name.endsWith(".json"))
      .map((name) => readFileSync(join(lane.root, "lib/images/hutch", name), "utf8"));

  it.each([
    ["a publisher", () => "debian-13", "debian-13", "published"],
    ["a registry", () => server.address, "disks-mine-1", "registry"],
  ])("is said by %s once it was pulled, though a file of yours was there first", async (_, image, name, kind) => {
    const file = join(home, "mine.qcow2");
    writeFileSync(file, made.disk);
    const first = await hutch.images.import(file, { name }).result;
    const pulled = await hutch.images.pull(image()).result;
    expect(pulled).toMatchObject({ name, volume: first.volume, origin: { kind } });
    expect(pulled.trust).not.toContain("a file of yours");
    await hutch.images.pull(image()).result;
    expect(server.bodies()).toHaveLength(1);
    expect(await hutch.images.list()).toEqual([pulled]);
    // And the file says no less again.
    expect(await hutch.images.import(file, { name }).result).toEqual(pulled);
    expect(labels()).toHaveLength(1);
  });

  it("is no more a mirror's own word once the publisher was asked, and nothing is downloaded for that", async () => {
    // Every way out of this machine.
    vi.stubEnv("https_proxy", "http://127.0.0.1:9");
    const mirrored = await hutch.images.pull("debian-13", { mirror: server.url }).result;
    expect(mirrored.trust).toContain("the mirror's own word");
    const pulled = await hutch.images.pull("debian-13").result;
    expect(pulled).toEqual({ ...mirrored, trust: expect.stringMatching(/published by 127\.0\.0\.1:\d+ over http$/) });
    expect(await hutch.images.list()).toEqual([pulled]);
    await hutch.images.pull("debian-13", { mirror: server.url }).result;
    expect(await hutch.images.list()).toEqual([pulled]);
    expect(server.bodies()).toHaveLength(1);
    // The label was rewritten in its place, whether it became longer or shorter.
    expect(labels().map((label) => JSON.parse(label).trust)).toEqual([pulled.trust]);
  });
});

describe("launch", () => {
  it("takes an image from a registry, and from the store the next time", async () => {
    const { machine } = await hutch.launch({ ...blankVm("t-oci", server.address), start: false }).result;
    expect(machine.record?.image).toMatchObject({ name: "disks-mine-1" });
    const [row] = await hutch.images.list();
    expect(row).toMatchObject({
      origin: { kind: "registry", reference: server.address, manifest: `sha256:${sha256(made.manifest)}` },
      trust: expect.stringContaining("unsigned"),
      usedBy: ["t-oci"],
    });
    const before = server.asked.length;
    await hutch.launch({ ...blankVm("t-oci-2", server.address), start: false }).result;
    expect(server.asked.length).toBe(before);
  });
});
