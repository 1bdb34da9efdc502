/** Names of the same bytes over a private libvirtd: what is left by a hutch that was killed as it changed them. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LibvirtClient } from "#ffi";
import { removeBase } from "../../src/host/base-images.ts";
import { openClient } from "../../src/host/connection.ts";
import { chooseHome } from "../../src/host/home.ts";
import { whileLinking } from "../../src/host/image-links.ts";
import { type Paths, pathsOf } from "../../src/host/paths.ts";
import { findPool, type Pool } from "../../src/host/pool.ts";
import { run } from "../../src/host/processes.ts";
import { connect, type Hutch, type ImageRow } from "../../src/index.ts";
import { hutchIn } from "../support/hutch-cli.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";

const POOL = "/var/lib/libvirt/images/hutch";
let lane: SystemLane;
let hutch: Hutch;
let client: LibvirtClient;
let paths: Paths;
let file: string;
let row: ImageRow;

beforeAll(async () => {
  lane = await startSystemLane();
  hutch = await connect({ uri: lane.uri, env: lane.env });
  client = await openClient(chooseHome({ uri: lane.uri, env: {}, uid: 0, groups: [] }));
  paths = pathsOf(lane.env, { uid: 0, home: lane.root });
  file = join(lane.root, "bytes.qcow2");
  const raw = join(lane.root, "bytes.raw");
  writeFileSync(raw, Buffer.alloc(1024 ** 2, "bytes"));
  execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, file]);
});
afterAll(async () => {
  await client?.close();
  await hutch?.close();
  await lane?.stop();
});
beforeEach(async () => {
  row = await hutch.images.import(file, { name: "first" }).result;
});

const inPool = (): readonly string[] => readdirSync(join(lane.root, "lib/images/hutch")).sort();
const locksLeft = (): readonly string[] => readdirSync(paths.locks).filter((name) => name.startsWith("linking-"));
const pool = async (): Promise<Pool> => (await findPool(client)) ?? expect.fail("no pool");

/** In a process that ends by `kill -9` as it holds the link, after these words. */
async function killedWhileLinking(words = ""): Promise<void> {
  const source = (path: string) => JSON.stringify(new URL(`../../src/host/${path}`, import.meta.url).href);
  const script = `
    const { openClient } = await import(${source("connection.ts")});
    const { findPool } = await import(${source("pool.ts")});
    const { whileLinking } = await import(${source("image-links.ts")});
    const { deleteVolume } = await import(${source("volumes.ts")});
    const client = await openClient({ uri: ${JSON.stringify(lane.uri)} });
    await whileLinking(client, await findPool(client), ${JSON.stringify(row.volume)}, ${JSON.stringify(paths)}, async () => {
      ${words}
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => setTimeout(() => undefined, 60_000));
    });`;
  await run([process.execPath, "--input-type=module", "-e", script], { timeoutMs: 60_000 }).catch(() => undefined);
  expect(inPool()).toContain(`${row.volume}.linking`);
}

const labelGone = (): string => `await deleteVolume(client, "hutch", "first-${row.digest.slice(7, 19)}.json");`;

describe("the link of one that was killed", () => {
  it("does not stand in the way of a removal", async () => {
    await killedWhileLinking();
    await hutch.images.remove(["first"]).result;
    expect(inPool()).toEqual([]);
    expect(locksLeft()).toEqual([]);
  });

  it("does not either when it was killed as soon as that was there", async () => {
    const words = [process.execPath, "dist/hutch.js", "image", "rm", "first", "--yes"];
    const kill = `"$@" & until for f in ${POOL}/*.linking; do [ -e "$f" ]; done; do :; done; kill -9 $!; wait`;
    await lane.exec(["sh", "-c", kill, "sh", ...words], { cwd: process.cwd() });
    expect((await hutch.images.import(file, { name: "second" }).result).name).toBe("second");
    await hutch.images.remove((await hutch.images.list()).map(({ name }) => name)).result;
    expect(inPool()).toEqual([]);
  });

  it("does not stand in the way of another name", async () => {
    await killedWhileLinking();
    expect((await hutch.images.import(file, { name: "second" }).result).volume).toBe(row.volume);
    await hutch.images.remove(["first", "second"]).result;
    expect(inPool()).toEqual([]);
  });

  it("does not stand in the way of a prune, which takes all", async () => {
    await killedWhileLinking();
    expect((await hutchIn(lane).run(["image", "prune", "--all", "--yes"])).code).toBe(0);
    expect(inPool()).toEqual([]);
  });

  it("is taken away by the doctor, which says so, and the image stays that has a name", async () => {
    await killedWhileLinking();
    const link = `${row.volume}.linking`;
    expect((await hutchIn(lane).run(["doctor"])).stdout).toContain(
      `an import or a removal that was killed left ${link}`,
    );
    const { stdout } = await hutchIn(lane).run(["doctor", "--fix"]);
    expect(stdout).toContain(`Repaired: removed what killed imports and removals left: ${link}`);
    expect(inPool()).toEqual([expect.stringMatching(/\.json$/), row.volume]);
    await hutch.images.remove(["first"]).result;
  });

  it("is taken away with the image whose last name was gone already", async () => {
    await killedWhileLinking(labelGone());
    expect((await hutch.images.prunePlan()).rows).toMatchObject([{ name: row.volume }]);
    await hutch.images.prune().result;
    expect(inPool()).toEqual([]);
    expect(locksLeft()).toEqual([]);
  });

  it("leaves an image on which a disk stands, whatever its names are", async () => {
    await killedWhileLinking(labelGone());
    const overlay = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", `${POOL}/${row.volume}`];
    expect((await lane.exec([...overlay, `${POOL}/over.qcow2`])).code).toBe(0);
    await client.call("pool.refresh", { name: "hutch" });
    await hutch.images.prune().result;
    expect(inPool()).toEqual([row.volume, "over.qcow2"].sort());
    for (const name of inPool()) await client.call("volume.delete", { pool: "hutch", name });
  });
});

describe("a link", () => {
  it("keeps others out as long as its maker lives", async () => {
    await whileLinking(client, await pool(), row.volume, paths, async () => {
      expect((await hutch.images.prunePlan()).rows).toEqual([]);
      await hutch.images.prune().result;
      expect(inPool()).toContain(`${row.volume}.linking`);
      await expect(hutch.images.remove(["first"]).result).rejects.toMatchObject({ code: "E_CONFLICT" });
    });
    await hutch.images.remove(["first"]).result;
    expect(inPool()).toEqual([]);
  });

  it("of somebody else's is believed to be dead after half an hour only", async () => {
    await killedWhileLinking();
    const base = { name: "first", sha256: row.digest.slice(7), volume: row.volume };
    const elsewhere = { locks: join(lane.root, "elsewhere") };
    await expect(removeBase(client, await pool(), base, elsewhere)).rejects.toMatchObject({ code: "E_CONFLICT" });
    const old = new Date(Date.now() - 3_600_000).toISOString();
    await lane.exec(["touch", "-d", old, `${POOL}/${row.volume}.linking`]);
    await removeBase(client, await pool(), base, elsewhere);
    expect(inPool()).toEqual([]);
    expect(existsSync(elsewhere.locks) ? readdirSync(elsewhere.locks) : []).toEqual([]);
  });
});
