/** The image store in a real pool: who uses what, what may go, and what is stored only once. */
import { execFile, execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lockFile } from "#images";
import { connect, type Hutch, type ImageRow, isHutchError, type PrunePlan } from "../../src/index.ts";
import { blankVm } from "../support/blank-vm.ts";
import { makePublishedDisk, publishDisk } from "../support/disk-publisher.ts";
import { serveFiles } from "../support/file-server.ts";
import { hutchIn } from "../support/hutch-cli.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import { startRegistry } from "../support/registry.ts";

const MIB = 1024 ** 2;
const OVF = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References><File ovf:id="f" ovf:href="noise.vmdk"/></References>
  <DiskSection><Disk ovf:diskId="d" ovf:fileRef="f" ovf:capacity="25165824"/></DiskSection>
</Envelope>`;
let lane: SystemLane;
let hutch: Hutch;
let pool: string;
let cache: string;

beforeAll(async () => {
  lane = await startSystemLane();
  hutch = await connect({ uri: lane.uri, env: lane.env });
  pool = join(lane.root, "lib/images/hutch");
  cache = join(lane.root, "home/.cache/hutch/images");
});
afterAll(async () => {
  await hutch?.close();
  await lane?.stop();
});
beforeEach(async () => {
  const living = (await hutch.list()).filter(({ record }) => record?.state !== "trashed");
  await hutch.delete({ names: living.map(({ name }) => name), purge: true, force: true }).result;
  await hutch.purge([]).result;
  await hutch.images.remove([...new Set(await names())]).result;
  expect(existsSync(pool) ? readdirSync(pool) : []).toEqual([]);
});

/** A qcow2 image that holds something; other bytes for another word. */
function image(word: string, mebibytes = 8): string {
  const raw = join(lane.root, `${word}.raw`);
  writeFileSync(raw, Buffer.alloc(mebibytes * MIB, word));
  execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, raw.replace(/raw$/, "qcow2")]);
  return raw.replace(/raw$/, "qcow2");
}

const add = (word: string, name = word): Promise<ImageRow> => hutch.images.import(image(word), { name }).result;
const names = async (): Promise<readonly string[]> => (await hutch.images.list()).map(({ name }) => name);
/** Blocks on the disk of all that the pool holds. */
const poolBytes = (): number =>
  readdirSync(pool).reduce((sum, name) => sum + statSync(join(pool, name)).blocks * 512, 0);
const create = (name: string, from: string) =>
  hutch.launch({ ...blankVm(name, from), diskBytes: 64 * MIB, start: false }).result;

describe("the same bytes under two names", () => {
  it("are stored once, and stay as long as one of them", async () => {
    const first = await add("same");
    const second = await add("same", "other");
    expect(second).toMatchObject({ name: "other", volume: first.volume, digest: first.digest });
    expect(readdirSync(pool).filter((name) => name.endsWith(".qcow2"))).toHaveLength(1);
    await create("t-shared", "other");
    await hutch.images.remove(["same"]).result;
    expect(await names()).toEqual(["other"]);
    expect(readFileSync(join(pool, first.volume)).equals(readFileSync(image("same")))).toBe(true);
    await expect(hutch.images.remove(["other"]).result).rejects.toMatchObject({ code: "E_CONFLICT" });
  });

  it("are stored once by imports of them at once, in processes of their own", async () => {
    const file = image("crowd", 64);
    const five = ["p1", "p2", "p3", "p4", "p5"];
    const ran = await Promise.all(five.map((name) => lane.hutch(["image", "import", file, "--name", name])));
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    const rows = await hutch.images.list();
    expect(rows.map(({ name }) => name)).toEqual(five);
    expect(new Set(rows.map(({ volume }) => volume)).size).toBe(1);
    expect(readdirSync(pool).filter((name) => !name.endsWith(".json"))).toHaveLength(1);
    expect(readdirSync(cache)).toEqual([]);
  });

  it("are whole or gone, however naming and removing race", async () => {
    const file = image("race");
    for (let round = 0; round < 5; round++) {
      await hutch.images.import(file, { name: "one" }).result;
      const settled = await Promise.allSettled([
        hutch.images.import(file, { name: "two" }).result,
        hutch.images.remove(["one"]).result,
      ]);
      expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
      const [two] = (await hutch.images.list()).filter(({ name }) => name === "two");
      expect(readFileSync(join(pool, two?.volume ?? "none")).equals(readFileSync(file))).toBe(true);
      await hutch.images.remove(["two"]).result;
      expect(readdirSync(pool)).toEqual([]);
    }
  });
});

describe("a second launch from the store", () => {
  it("copies nothing: the pool grows by an overlay, a seed, and no more", async () => {
    await hutch.images.import(image("large", 64), { name: "large" }).result;
    await create("t-first", "large");
    const before = poolBytes();
    await create("t-second", "large");
    expect(before).toBeGreaterThan(64 * MIB);
    expect(poolBytes() - before).toBeLessThan(2 * MIB);
  });
});

describe("an image in use", () => {
  it("is shown with its VMs, trashed ones too, and not removed", async () => {
    await add("used");
    await create("t-living", "used");
    await create("t-trashed", "used");
    await hutch.delete({ names: ["t-trashed"] }).result;
    expect(await hutch.images.list()).toMatchObject([
      { name: "used", usedBy: ["t-living", "t-trashed"], inTrash: ["t-trashed"], bakedFrom: [] },
    ]);
    await expect(hutch.images.remove(["used"]).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: "used is the base of t-living, t-trashed.",
      next: ["hutch delete t-living", "hutch purge t-living t-trashed"],
    });
    expect((await hutch.images.prunePlan({ all: true })).rows).toEqual([]);
  });

  it("by a disk that somebody made with other tools is not removed either", async () => {
    const { volume } = await add("foreign");
    const xml = join(lane.root, "clone.xml");
    writeFileSync(
      xml,
      `<volume><name>clone.qcow2</name><capacity unit="M">64</capacity><target><format type="qcow2"/></target>
       <backingStore><path>/var/lib/libvirt/images/hutch/${volume}</path><format type="qcow2"/></backingStore></volume>`,
    );
    const virsh = (...argv: string[]) => lane.exec(["virsh", "-c", lane.uri, ...argv]);
    expect((await virsh("vol-create", "hutch", xml)).code).toBe(0);
    await expect(hutch.images.remove(["foreign"]).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: "foreign is the base of clone.qcow2.",
      next: ["virsh vol-delete --pool hutch clone.qcow2"],
    });
    expect((await hutch.images.prune({ all: true }).result).rows).toEqual([]);
    expect(await names()).toEqual(["foreign"]);
    await virsh("vol-delete", "--pool", "hutch", "clone.qcow2");
  });
});

describe("two builds of one name", () => {
  const build = async (word: string) => {
    await add(word, "rolling");
    const row = (await hutch.images.list()).find(({ name }) => name === "rolling");
    return row?.digest ?? "";
  };

  it("go both with the name, and one with its digest", async () => {
    const old = await build("monday");
    const recent = await build("tuesday");
    expect(recent).not.toBe(old);
    await hutch.images.remove([old]).result;
    expect(await hutch.images.list()).toMatchObject([{ name: "rolling", digest: recent }]);
    await build("monday");
    await hutch.images.remove(["rolling"]).result;
    expect(await names()).toEqual([]);
  });

  it("go one by one by name and digest, whatever else has the name or the bytes", async () => {
    const old = await build("monday");
    const recent = await build("tuesday");
    await add("monday", "also-monday");
    const verdicts = await hutch.images.verify([`rolling@${old}`]).result;
    expect(verdicts).toMatchObject([{ name: "rolling", digest: old, state: "ok" }]);
    const { code, stderr } = await lane.hutch(["image", "rm", "--yes", `rolling@${old}`]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(await hutch.images.list()).toMatchObject([
      { name: "also-monday", digest: old },
      { name: "rolling", digest: recent },
    ]);
    await expect(hutch.images.remove([`rolling@${old}`]).result).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  });

  it("stay both while a VM stands on one, and the way to the other's end is told", async () => {
    await build("monday");
    await create("t-monday", "rolling");
    const recent = await build("tuesday");
    await expect(hutch.images.remove(["rolling"]).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: [
        "hutch delete t-monday",
        "hutch purge t-monday",
        `hutch image rm rolling@${recent}: only the rolling that nobody uses`,
      ],
    });
    expect(await names()).toEqual(["rolling", "rolling"]);
  });
});

describe("an image whose bytes are gone", () => {
  it("can be removed by its name, as verify says", async () => {
    const { volume } = await add("lost");
    await lane.exec(["virsh", "-c", lane.uri, "vol-delete", "--pool", "hutch", volume]);
    expect(await hutch.images.verify(["lost"]).result).toMatchObject([
      { state: "missing", origin: { kind: "imported" } },
    ]);
    await hutch.images.remove(["lost"]).result;
    expect(await hutch.images.verify([]).result).toEqual([]);
    expect(readdirSync(pool)).toEqual([]);
  });
});

describe("a damaged image", () => {
  /** Turns a bit of the volume around, as a disk does. */
  const damage = (volume: string): void => {
    const bytes = readFileSync(join(pool, volume));
    bytes.writeUInt8((bytes[300_000] ?? 0) ^ 1, 300_000);
    writeFileSync(join(pool, volume), bytes);
  };
  const states = async () => {
    const verdicts = await hutch.images.verify([]).result;
    return Object.fromEntries(verdicts.map(({ name, state }) => [name, state]));
  };

  it("is replaced by an import of its bytes under its own name, which says so", async () => {
    damage((await add("hurt", "a")).volume);
    const again = ["image", "import", image("hurt"), "--name", "a"];
    const { code, stderr } = await hutchIn(lane).run(again);
    expect([code, stderr]).toEqual([0, expect.stringContaining("The a in the store is damaged: it is stored anew.")]);
    expect(await states()).toEqual({ a: "ok" });
    expect(readdirSync(pool)).toHaveLength(2);
    expect((await hutchIn(lane).run(again)).stderr).not.toContain("damaged");
  });

  it("is not replaced under a VM: the import is refused, and leads on", async () => {
    const { volume } = await add("hurt", "a");
    await create("t-hurt", "a");
    damage(volume);
    await expect(add("hurt", "a")).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: "The a in the store is damaged, and is the base of t-hurt.",
      next: [
        "Restore t-hurt from a backup, or copy out what can still be read.",
        "hutch image import FILE --name OTHER: whole, for new VMs",
      ],
    });
    expect(await states()).toEqual({ a: "damaged" });
  });

  it("stays for the other name that a VM stands on, and each is whole once it is imported again", async () => {
    const { volume } = await add("hurt", "a");
    await add("hurt", "b");
    await create("t-hurt", "b");
    damage(volume);
    expect((await add("hurt", "a")).volume).not.toBe(volume);
    expect(await states()).toEqual({ a: "ok", b: "damaged" });
    await hutch.delete({ names: ["t-hurt"], purge: true, force: true }).result;
    await add("hurt", "b");
    expect(await states()).toEqual({ a: "ok", b: "ok" });
    expect(readdirSync(pool)).toHaveLength(3);
  });

  it.each([[[]], [["a"]]])("with two names is whole again after what `verify %j` says to type", async (words) => {
    await add("hurt", "a");
    damage((await add("hurt", "b")).volume);
    expect(await states()).toEqual({ a: "damaged", b: "damaged" });
    const { fault } = await hutchIn(lane).refused(["image", "verify", ...words]);
    for (const line of fault.next ?? []) {
      const [hutchWord, ...command] = line.split(" ");
      expect([hutchWord, (await hutchIn(lane).run([...command, "--yes"])).code]).toEqual(["hutch", 0]);
    }
    expect(await states()).toMatchObject({ a: "ok" });
    if (words.length === 0) expect(await states()).toEqual({ a: "ok", b: "ok" });
  });

  it("gets no other name: that has bytes of its own, and what a VM stands on stays as it is", async () => {
    const { volume } = await add("hurt", "a");
    await create("t-hurt", "a");
    damage(volume);
    const before = readFileSync(join(pool, volume));
    const fresh = await add("hurt", "c");
    expect(fresh.volume).not.toBe(volume);
    expect(await states()).toEqual({ a: "damaged", c: "ok" });
    expect((await add("hurt", "d")).volume).toBe(fresh.volume);
    expect(readFileSync(join(pool, volume)).equals(before)).toBe(true);
  });
});

describe("a name that the store does not have", () => {
  it("is told with the one of the store that was meant, wherever it is asked for", async () => {
    await add("home-router");
    const meant = {
      code: "E_NOT_FOUND",
      next: expect.arrayContaining(["Did you mean home-router?", "hutch image ls"]),
    };
    const word = "home-ruoter";
    await expect(hutch.images.info(word)).rejects.toMatchObject(meant);
    await expect(hutch.launch(blankVm("t-near", word)).result).rejects.toMatchObject(meant);
    await expect(hutch.images.bake({ base: word, engine: "docker" }).result).rejects.toMatchObject(meant);
    await expect(hutch.images.remove([word]).result).rejects.toMatchObject(meant);
    await expect(hutch.images.verify([word]).result).rejects.toMatchObject(meant);
    await expect(hutch.images.push(word, "oci://127.0.0.1:9/a/b").result).rejects.toMatchObject(meant);
  });

  it("is there, and its registry is not: a push says so", async () => {
    await add("lonely");
    await expect(hutch.images.push("lonely", "oci://127.0.0.1:9/a/b").result).rejects.toMatchObject({
      code: "E_IMAGE",
      message: "127.0.0.1:9 cannot be reached.",
      next: ["Look at the address, then try again."],
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  it("is to be pulled before a push where the catalogue has it, and only there", async () => {
    const push = (name: string) => hutch.images.push(name, "oci://127.0.0.1:9/a/b").result;
    const next = (error: unknown) => (isHutchError(error) ? error.next : []);
    expect(await push("debian-12").catch(next)).toEqual(["hutch image ls", "hutch image pull debian-12"]);
    expect(await push("no-such-thing").catch(next)).toEqual(["hutch image ls"]);
  });
});

describe("a prune", () => {
  it("shows first, then removes what it showed and nothing that is used", async () => {
    await add("used");
    await add("idle");
    await create("t-user", "used");
    expect((await hutch.images.prunePlan()).rows).toEqual([]);
    const plan = await hutch.images.prunePlan({ all: true });
    expect(plan.rows).toMatchObject([{ name: "idle", why: "unused" }]);
    expect(plan.bytes).toBe(statSync(image("idle")).size);
    expect(await names()).toEqual(["idle", "used"]);
    expect(await hutch.images.prune({ all: true }).result).toEqual(plan);
    expect(await names()).toEqual(["used"]);
  });

  it("counts bytes with several names once, with the last that goes", async () => {
    await add("shared");
    await hutch.images.import(image("shared"), { name: "also-shared" }).result;
    const plan = await hutch.images.prunePlan({ all: true });
    expect(plan.rows.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["also-shared", 0],
      ["shared", statSync(image("shared")).size],
    ]);
    expect(await hutch.images.prune({ all: true }).result).toEqual(plan);
    expect(await names()).toEqual([]);
  });

  it("takes what can be downloaded again when it is old, or replaced by a newer one", async () => {
    await using registry = await startRegistry();
    const pullNew = async (word: string, tag: string) => {
      await add(word);
      await hutch.images.push(word, `oci://${registry.host}/disks/base:${tag}`).result;
      await hutch.images.remove([word]).result;
      return hutch.images.pull(`oci://${registry.host}/disks/base:${tag}`).result;
    };
    const old = await pullNew("old", "1");
    expect(old).toMatchObject({ name: "disks-base-1", origin: { kind: "registry" } });
    const why = async (olderThanMs: number) =>
      (await hutch.images.prunePlan({ olderThanMs })).rows.map((row) => row.why);
    expect(await why(60_000)).toEqual([]);
    expect(await why(0)).toEqual(["unused, 0 days old"]);
    const renewed = await pullNew("new", "1");
    expect(renewed.digest).not.toBe(old.digest);
    const plan = await hutch.images.prunePlan();
    expect(plan.rows).toMatchObject([{ digest: old.digest, why: "unused, replaced by a newer one" }]);
    await hutch.images.prune().result;
    expect(await hutch.images.list()).toMatchObject([{ digest: renewed.digest }]);
  });

  it("clears pieces of dead downloads and imports, and leaves those at which somebody works", async () => {
    mkdirSync(join(cache, "work-dead"), { recursive: true });
    mkdirSync(join(cache, "work-busy"));
    writeFileSync(join(cache, "work-dead/disk"), Buffer.alloc(MIB, 1));
    for (const name of ["a.qcow2.part", "a.qcow2.part.json", "b.qcow2.part", "new.qcow2.part"])
      writeFileSync(join(cache, name), Buffer.alloc(4096, 1));
    const long = new Date(Date.now() - 3 * 24 * 60 * 60_000);
    for (const name of [
      "a.qcow2.part",
      "a.qcow2.part.json",
      "b.qcow2.part",
      "work-dead/disk",
      "work-dead",
      "work-busy",
    ])
      utimesSync(join(cache, name), long, long);
    const locks = [await lockFile(join(cache, "b.qcow2.lock")), await lockFile(join(cache, "work-busy.lock"))];
    try {
      const plan = await hutch.images.prunePlan();
      expect(plan.rows.map(({ name }) => name).sort()).toEqual(["a.qcow2", "work-dead"]);
      expect(plan.bytes).toBeGreaterThan(MIB);
      await hutch.images.prune().result;
      expect(readdirSync(cache).sort()).toEqual([
        "b.qcow2.lock",
        "b.qcow2.part",
        "new.qcow2.part",
        "work-busy",
        "work-busy.lock",
      ]);
    } finally {
      for (const unlock of locks) await unlock();
    }
    await hutch.images.prune({ all: true }).result;
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe("what an import left that was killed as it sent its bytes", () => {
  const killed = async (): Promise<string> => {
    const file = join(lane.root, "up.raw");
    const head = Buffer.alloc(512);
    head.set([0x55, 0xaa], 510);
    writeFileSync(file, head);
    truncateSync(file, 1024 * MIB);
    const argv = [process.execPath, "dist/hutch.js", "image", "import", file];
    const kill = `"$@" & until ls /var/lib/libvirt/images/hutch/*.raw; do sleep 0.01; done; kill -9 $!; wait`;
    await lane.exec(["sh", "-c", kill, "sh", ...argv], { cwd: process.cwd() });
    const [half = "", ...more] = readdirSync(pool).filter((name) => name.endsWith(".raw"));
    expect([half, more]).toEqual([expect.stringMatching(/^up-[0-9a-f]{12}\.raw$/), []]);
    expect(await names()).toEqual([]);
    return half;
  };

  it("is shown by a prune that has nothing else to take, and goes with it", async () => {
    const half = await killed();
    const { pruned } = await hutchIn(lane).json<{ pruned: PrunePlan }>(["image", "prune"]);
    expect(pruned.rows).toMatchObject([
      { name: half, digest: null, why: "left by an import or a removal that was killed" },
    ]);
    expect(readdirSync(pool)).toContain(half);
    expect((await hutchIn(lane).run(["image", "prune", "--yes"])).stdout).toContain(half);
    expect(readdirSync(pool)).toEqual([]);
    await hutch.images.prune({ all: true }).result;
    expect(readdirSync(cache)).toEqual([]);
  });

  it("is taken away by the doctor, which says so", async () => {
    const half = await killed();
    expect((await hutchIn(lane).run(["doctor"])).stdout).toContain(
      `an import or a removal that was killed left ${half}`,
    );
    const { stdout } = await hutchIn(lane).run(["doctor", "--fix"]);
    expect(stdout).toContain(`Repaired: removed what killed imports and removals left: ${half}`);
    expect(stdout).toMatch(/^· Interrupted: Import .*up\.raw$/m);
    expect(readdirSync(pool)).toEqual([]);
    await hutch.images.prune({ all: true }).result;
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe("a pool without room", () => {
  it("gets neither bytes nor a name, and what came is not kept beside it", async () => {
    await add("makes-the-pool");
    const disk = makePublishedDisk();
    await using published = { ...(await publishDisk(disk)), [Symbol.asyncDispose]: () => published.close() };
    const config = join(lane.root, "home/.config/hutch");
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, "config.yaml"), `imageMirror: ${published.url}\n`);
    const small = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0711", "tmpfs", "/var/lib/libvirt/images/hutch"];
    expect((await lane.exec(small)).code).toBe(0);
    const full = await connect({ uri: lane.uri, env: lane.env });
    try {
      const noRoom = { code: "E_HOST", message: "There is no space left on the host's disk." };
      await expect(full.images.pull("debian-13").result).rejects.toMatchObject(noRoom);
      expect((await lane.exec(["ls", "/var/lib/libvirt/images/hutch"])).stdout).toBe("");
      expect(readdirSync(cache)).toEqual([]);
    } finally {
      await full.close();
      rmSync(join(config, "config.yaml"));
      await lane.exec(["umount", "/var/lib/libvirt/images/hutch"]);
      // libvirt knows the volumes that it saw last.
      await lane.exec(["virsh", "-c", lane.uri, "pool-refresh", "hutch"]);
    }
  });
});

describe("an import", () => {
  it("of an http address wants a digest, checks it, and takes the address's name", async () => {
    const file = image("served");
    execFileSync("xz", ["-0", "-k", "-f", file]);
    await using server = await serveFiles(lane.root);
    const url = `${server.url}/served.qcow2.xz`;
    await expect(hutch.images.import(url).result).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringContaining("is not encrypted: say which digest"),
    });
    expect(server.asked).toEqual([]);
    const digest = `sha256:${createHash("sha256")
      .update(readFileSync(`${file}.xz`))
      .digest("hex")}`;
    await expect(hutch.images.import(url, { digest: `sha256:${"0".repeat(64)}` }).result).rejects.toMatchObject({
      code: "E_IMAGE",
      message: `${url} does not have the digest that you gave.`,
      details: { kind: "digest-mismatch" },
    });
    const row = await hutch.images.import(url, { digest }).result;
    expect(row).toMatchObject({ name: "served", trust: expect.stringContaining("with the digest that you gave") });
    expect(row.digest).toBe(`sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}`);
    expect(readdirSync(cache)).toEqual([]);
    await expect(hutch.images.import(file, { digest }).result).rejects.toMatchObject({ code: "E_IMAGE" });
    await expect(hutch.images.import(file, { digest: "md5:12" }).result).rejects.toMatchObject({ code: "E_USAGE" });
  });

  it.each([
    ["is unpacked", "xz"],
    ["is converted", "vmdk"],
    ["is taken out of an appliance", "ova"],
  ])("leaves nothing when the disk fills up while it %s", async (_, kind) => {
    const [raw, disk] = [join(lane.root, "noise.raw"), join(lane.root, "noise.vmdk")];
    writeFileSync(raw, randomBytes(24 * MIB));
    execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", raw, disk]);
    const file = join(lane.root, `noise.${kind === "xz" ? "raw.xz" : kind}`);
    if (kind === "xz") execFileSync("xz", ["-0", "-k", "-f", raw]);
    if (kind === "ova") {
      writeFileSync(join(lane.root, "noise.ovf"), OVF);
      execFileSync("tar", ["-C", lane.root, "-cf", file, "noise.ovf", "noise.vmdk"]);
    }
    const small = `mkdir -p "${cache}" && mount -t tmpfs -o size=8m tmpfs "${cache}" && "$@"; code=$?; ls "${cache}"; exit $code`;
    const hutch = [process.execPath, "dist/hutch.js", "image", "import", file, "--name", "noise", "-o", "json"];
    const { code, stdout, stderr } = await lane.exec(["unshare", "--mount", "sh", "-c", small, "sh", ...hutch], {
      cwd: process.cwd(),
    });
    expect({ code, stdout }).toEqual({ code: 8, stdout: "" });
    const { error } = JSON.parse(stderr.slice(stderr.indexOf("{\n")));
    expect(error).toMatchObject({
      code: "E_IMAGE",
      details: { kind: "disk-full" },
      message: expect.stringContaining(cache),
      next: ["hutch image prune: what nobody needs any more", "df -h: which file system is full"],
    });
    expect(readdirSync(pool)).toEqual([]);
  });

  it("leaves nothing either when the disk fills up while it unpacks what came from an address", async () => {
    const raw = join(lane.root, "noise.raw");
    // Packed it fits, beside what is in it it does not.
    writeFileSync(raw, Buffer.concat([randomBytes(6 * MIB), Buffer.alloc(18 * MIB, "x")]));
    execFileSync("xz", ["-0", "-k", "-f", raw]);
    await using server = await serveFiles(lane.root);
    const digest = `sha256:${createHash("sha256")
      .update(readFileSync(`${raw}.xz`))
      .digest("hex")}`;
    const home = join(lane.root, "small-home");
    mkdirSync(home);
    const small = `mount -t tmpfs -o size=16m tmpfs "${home}"; "$@" >&2; cd "${home}/.cache/hutch/images" && ls -A`;
    const words = ["image", "import", `${server.url}/noise.raw.xz`, "--digest", digest, "-c", "test:///default"];
    const { stdout, stderr } = await promisify(execFile)(
      "unshare",
      ["--mount", "sh", "-c", small, "sh", process.execPath, "dist/hutch.js", ...words],
      { env: { ...process.env, HOME: home, XDG_CACHE_HOME: "", XDG_CONFIG_HOME: "", XDG_DATA_HOME: "" } },
    );
    expect(stderr).toMatch(/no space left in .*\.cache\/hutch\/images/);
    expect(stdout).toBe("");
  });

  it("of another hypervisor's disk is a qcow2 image that a VM can stand on", async () => {
    const vmdk = join(lane.root, "other.vmdk");
    execFileSync("qemu-img", ["convert", "-f", "qcow2", "-O", "vmdk", image("vmdk"), vmdk]);
    const row = await hutch.images.import(vmdk).result;
    expect(row).toMatchObject({ name: "other", virtualBytes: 8 * MIB, trust: "a file of yours" });
    expect(row.volume).toMatch(/\.qcow2$/);
    await create("t-vmdk", "other");
    expect(readdirSync(cache)).toEqual([]);
  });
});
