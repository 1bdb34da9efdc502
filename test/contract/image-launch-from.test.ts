/** Launches of what is fetched from elsewhere than the publisher: a registry's address, a mirror. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Hutch, isHutchError } from "../../src/index.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type DiskPublisher, makePublishedDisk, type PublishedDisk, publishDisk } from "../support/disk-publisher.ts";

const HUTCH = join(import.meta.dirname, "../../dist/hutch.js");

let made: PublishedDisk;

beforeAll(() => {
  made = makePublishedDisk();
});

let home: string;
let server: DiskPublisher;
let hutch: Hutch;

beforeEach(async () => {
  server = await publishDisk(made);
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
    const gone = server.address.replace("/disks/mine:1", "/disks/UPPER");
    const error: unknown = await hutch.launch(blankVm("t-gone", gone)).result.catch((reason: unknown) => reason);
    expect(isHutchError(error) && error.code).toBe("E_USAGE");
    expect((await hutch.list()).map(({ name }) => name)).toEqual(["test"]);
  });

  it("downloads from the mirror that --mirror names", async () => {
    writeFileSync(join(home, ".config/hutch/config.yaml"), "imageMirror: http://127.0.0.1:9\n");
    const words = ["--name", "t-mirror", "--cpus", "1", "--memory", "64M", "--disk", "16M", "--wait-for", "running"];
    const told = await run("launch", "debian-13", ...words, "--accel", "tcg", "--mirror", server.url);
    expect(told.machine.record.image).toMatchObject({ name: "debian-13" });
    expect(server.bodies()).toEqual([expect.stringMatching(/debian-13-genericcloud-amd64\.qcow2$/)]);
  });

  it("takes an oci:// address on the command line", async () => {
    const words = ["--name", "t-oci", "--cpus", "1", "--memory", "64M", "--disk", "16M", "--wait-for", "running"];
    const told = await run("launch", server.address, ...words, "--accel", "tcg");
    expect(told.machine.record.image).toMatchObject({ name: "disks-mine-1" });
  });
});
