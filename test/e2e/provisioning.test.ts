/** The program of docs/guides/provisioning.md provisions a real guest without root; then what else is seen of that guest. */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MachineInfo, RunResult } from "../../src/core/requests.ts";
import type { MachineStats } from "../../src/core/stats.ts";
import { guestImage } from "../support/guest-image.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { type Lane, startSessionLane } from "../support/lane.ts";
import { CHECKOUT } from "../support/lane-namespace.ts";

const NAME = "t-guide";
const BOOT_MS = 900_000;

let lane: Lane;
let hutch: HutchCli;

const run = async (program: string, args: readonly string[], env: Readonly<Record<string, string>>) => {
  const { code, stdout, stderr } = await lane.exec([process.execPath, join(CHECKOUT, program), ...args], {
    env,
    timeoutMs: BOOT_MS,
  });
  expect(code, stderr).toBe(0);
  return { answer: JSON.parse(stdout), stderr };
};

beforeAll(async () => {
  lane = await startSessionLane();
  hutch = hutchIn(lane);
});
afterAll(async () => lane?.stop());

describe("the guide's program", () => {
  it("provisions a guest", { timeout: BOOT_MS }, async () => {
    const image = join(lane.root, "image.qcow2");
    await copyFile(await guestImage("debian-13"), image);
    const { answer, stderr } = await run("docs/guides/provision.ts", [], { IMAGE: image, NAME });
    expect(answer).toEqual({
      name: NAME,
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      stages: 5,
      said: "Hello from a VM.\n",
    });
    expect(stderr).toMatch(/Check the order[\s\S]*Start/);
  });
});

describe("a command run by the library", () => {
  let answer: {
    readonly words: readonly string[];
    readonly outputs: RunResult;
    readonly failing: RunResult;
    readonly late: string;
    readonly stopped: string;
    readonly asleep: string;
    readonly stats: readonly MachineStats[];
  };
  beforeAll(async () => {
    ({ answer } = await run("test/support/library-probe.ts", [NAME], {}));
  }, BOOT_MS);

  it("gets exactly its words and its input; both outputs and the code come back", () => {
    const { words, outputs } = answer;
    expect(outputs).toEqual({
      code: 7,
      stdout: `given\n${words.map((word) => `${word}\0`).join("")}`,
      stderr: "told\n",
    });
    expect(answer.failing.code).toBe(255);
  });

  it("ends at its time limit, and with its signal, in the guest too", () => {
    expect([answer.late, answer.stopped, answer.asleep]).toEqual(["E_TIMEOUT", "TimeoutError", ""]);
  });

  it("shows in what the VM uses", () => {
    const [stats] = answer.stats;
    expect(stats).toMatchObject({ name: NAME, vcpus: 1, memoryBytes: 1024 ** 3 });
    expect(stats?.cpuPercent).toBeGreaterThan(0);
    expect(stats?.memoryUsedBytes).toBeGreaterThan(50 * 1024 ** 2);
    expect(stats?.disk).not.toBeNull();
  });
});

describe("what is seen of a guest", () => {
  it("is whole: state, address, disks with both sizes, engine, owner's words", async () => {
    const { machine } = await hutch.json<{ machine: MachineInfo }>(["info", NAME]);
    expect(machine).toMatchObject({ snapshots: [], problems: [], record: { description: "", tags: [], mounts: [] } });
    expect(machine.disks[0]).toMatchObject({ format: "qcow2", virtualBytes: 20 * 1024 ** 3 });
    expect(machine.disks[0]?.usedBytes).toBeGreaterThan(1024 ** 2);
    const { stdout } = await hutch.run(["info", NAME]);
    for (const head of ["State", "Address", "Log in", "Disk", "Image", "User", "cloud-init", "Made"])
      expect(stdout).toMatch(new RegExp(`^${head} `, "m"));
  });

  it("is found by filters", async () => {
    expect((await hutch.run(["list", "state=running", "engine=none", "-o", "name"])).stdout).toBe(`${NAME}\n`);
    expect((await hutch.run(["list", "state=stopped", "-o", "name"])).stdout).toBe("");
  });

  it("has QEMU's own log, readable without root", async () => {
    const { code, stdout } = await hutch.run(["logs", NAME, "--qemu"]);
    expect([code, stdout.includes("qemu-system-x86_64"), stdout.includes(`guest=${NAME}`)]).toEqual([0, true, true]);
  });

  it("has no networks of libvirt's in a session, and that is said", async () => {
    const { code, fault } = await hutch.refused(["network", "ls"]);
    expect([code, fault.next]).toEqual([6, ["hutch --connect qemu:///system network ls"]]);
  });

  it("ends without a trace", async () => {
    await hutch.json(["delete", NAME, "--purge", "--force", "--yes"]);
    expect((await hutch.run(["list", "--all", "-o", "name"])).stdout).toBe("");
  });
});
