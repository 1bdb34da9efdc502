/** What only a real guest can show of changing a VM: one boot, and one of its clone. */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CardResult, DisplayInfo, RestoreResult, SettingsResult, SnapshotResult } from "../../src/index.ts";
import { guestImage } from "../support/guest-image.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { type Lane, startSystemLane } from "../support/lane.ts";

const NAME = "t-change";
const COPY = "t-change-copy";
const BOOT_MS = 900_000;
const MIB = 1024 ** 2;

let lane: Lane;
let hutch: HutchCli;

/** What a POSIX shell in the guest prints. */
async function inGuest(name: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await hutch.run(["exec", name, "--", "sh", "-c", script]);
  expect(code, stderr).toBe(0);
  return stdout.trim();
}

async function eventually<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  for (const limit = Date.now() + 60_000; ; ) {
    const seen = await look();
    if (holds(seen) || Date.now() > limit) return seen;
  }
}

beforeAll(async () => {
  lane = await startSystemLane();
  hutch = hutchIn(lane);
  const image = join(lane.root, "image.qcow2");
  await copyFile(await guestImage("debian-13"), image);
  await hutch.launch([image, "--name", NAME, "--memory", "2G", "--cpus", "1", "--disk", "6G", "--display"], {
    timeoutMs: BOOT_MS,
  });
}, BOOT_MS);
afterAll(async () => lane?.stop());

describe("a running guest", () => {
  const memoryMiB = async () => Number(await inGuest(NAME, "awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo"));

  it("gets memory while it runs, and gives it back", async () => {
    const before = await memoryMiB();
    const { changes } = await hutch.json<SettingsResult>(["set", NAME, "memory=2560M"]);
    expect(changes).toMatchObject([{ setting: "memory", to: "2.5 GiB", when: "now" }]);
    expect(await eventually(memoryMiB, (seen) => seen >= before + 500)).toBeGreaterThanOrEqual(before + 500);
    await hutch.json(["set", NAME, "memory=2G"]);
    expect(await eventually(memoryMiB, (seen) => seen <= before + 50)).toBeLessThanOrEqual(before + 50);
  });

  it("that is emulated gets more CPUs at its next start, and that is said before", async () => {
    const { changes } = await hutch.json<SettingsResult>(["set", NAME, "cpus=2", "--dry-run"]);
    expect(changes).toMatchObject([{ when: "restart", note: expect.stringContaining("emulated") }]);
    expect(await inGuest(NAME, "nproc")).toBe("1");
  });

  it("grows into its disk while it is in use", async () => {
    const size = async () => Number(await inGuest(NAME, "df -B1 --output=size / | tail -n 1"));
    const before = await size();
    const { changes, warnings } = await hutch.json<SettingsResult>(["set", NAME, "disk=8G"]);
    expect({ changes, warnings }).toMatchObject({
      changes: [{ setting: "disk", to: "8 GiB", when: "now" }],
      warnings: [],
    });
    expect(await size()).toBeGreaterThan(before + 1800 * MIB);
    expect((await hutch.refused(["set", NAME, "disk=6G"])).fault).toMatchObject({ code: "E_USAGE" });
  });

  it("sees a data disk that is attached, and loses it again", async () => {
    await hutch.json(["disk", "attach", NAME, "64M"]);
    const disks = () => inGuest(NAME, "lsblk -dno NAME,SIZE");
    expect(await eventually(disks, (seen) => seen.includes("vdc"))).toMatch(/vdc\s+64M/);
    await hutch.json(["disk", "detach", NAME, "vdc", "--purge", "--yes"]);
    expect(await disks()).not.toContain("vdc");
  });

  it("sees a network card that is plugged in, and loses it again", async () => {
    await hutch.json(["network", "create", "lab"]);
    const { card } = await hutch.json<{ card: CardResult }>(["nic", "add", NAME, "lab"]);
    expect(card.live).toBe(true);
    const links = () => inGuest(NAME, "ip -o link");
    expect(await eventually(links, (seen) => seen.includes(card.mac))).toContain(card.mac);
    await hutch.json(["nic", "rm", NAME, card.mac]);
    expect(await links()).not.toContain(card.mac);
    expect((await hutch.refused(["nic", "rm", NAME, "1"])).fault.code).toBe("E_CONFLICT");
  });

  it("has a screen that a viewer can open", async () => {
    const { display } = await hutch.json<{ display: DisplayInfo }>(["display", NAME]);
    const ask = `exec 3<>/dev/tcp/${display.address}/${display.port}; head -c 12 <&3`;
    expect((await lane.exec(["bash", "-c", ask])).stdout).toBe("RFB 003.008\n");
  });

  it("is held still by its agent while a snapshot of its disks is taken", async () => {
    const taken = await hutch.json<SnapshotResult>(["snapshot", "create", NAME, "disks", "--disk-only"]);
    expect(taken).toMatchObject({ quiesced: true, warnings: [], snapshot: { kind: "disk" } });
    expect(await inGuest(NAME, "echo written > ~/after && cat ~/after")).toBe("written");
  });

  it("goes back to a snapshot with memory as if nothing had been", async () => {
    await inGuest(NAME, "nohup sleep 9000 >/dev/null 2>&1 & echo $! > /dev/shm/pid");
    await hutch.json(["snapshot", "create", NAME, "running"]);
    await hutch.json(["set", NAME, "tags=today"]);
    await inGuest(NAME, "kill $(cat /dev/shm/pid); touch ~/later");
    const back = await hutch.json<RestoreResult>(["snapshot", "restore", NAME, "running", "--yes"]);
    expect(back).toMatchObject({ power: "running", safety: expect.stringMatching(/^before-restore-/) });
    await hutch.json(["wait", NAME, "--for", "ssh"]);
    expect(await inGuest(NAME, "kill -0 $(cat /dev/shm/pid) && test ! -e ~/later && cat ~/after")).toBe("written");
    const { machine } = await hutch.json<{ machine: { record: { tags: string[] } } }>(["info", NAME]);
    expect(machine.record.tags).toEqual(["today"]);
  });

  it("is saved, and goes on where it was", async () => {
    await hutch.json(["save", NAME]);
    await hutch.json(["start", NAME, "--wait-for", "ssh"]);
    expect(await inGuest(NAME, "kill -0 $(cat /dev/shm/pid) && echo alive")).toBe("alive");
  });
});

describe("a clone", () => {
  const identity = (name: string) =>
    inGuest(
      name,
      "hostname; cat /etc/machine-id; cat /etc/ssh/ssh_host_ed25519_key.pub; cat /sys/class/net/eth0/address; cat /var/lib/cloud/data/instance-id",
    );

  it("is another machine, with what its source had on its disk", { timeout: BOOT_MS }, async () => {
    const before = (await identity(NAME)).split("\n");
    expect((await hutch.refused(["clone", NAME, COPY])).code).toBe(5);
    await hutch.json(["stop", NAME]);
    await hutch.json(["clone", NAME, COPY]);
    await hutch.json(["start", COPY, "--wait-for", "ready"], { timeoutMs: BOOT_MS });
    const after = (await identity(COPY)).split("\n");
    expect(after[0]).toBe(COPY);
    for (const [index, value] of after.entries()) expect(value).not.toBe(before[index]);
    expect(await inGuest(COPY, "cat ~/after")).toBe("written");
  });
});
