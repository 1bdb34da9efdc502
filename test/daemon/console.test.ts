/** A console whose log only root may read, on a private libvirtd whose socket is also an unprivileged group's. */
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LibvirtClient, VirDomainCreateFlags } from "#ffi";
import { openClient } from "../../src/host/connection.ts";
import { HUTCH, type SystemLane, startSystemLane } from "../support/lane.ts";
import { ECHO_BOOT_SECTOR } from "./ffi-boot-sector.ts";

const NAME = "t-echo";
/** No group of root's, but the socket's. */
const MEMBER = { uid: 65_534, gid: 65_534, home: "member" } as const;

const FOLDERS = ["CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"];
const NO_FOLDERS = Object.fromEntries(FOLDERS.map((name) => [`XDG_${name}`, ""]));

let lane: SystemLane;
let client: LibvirtClient;
let uuid: string;

beforeAll(async () => {
  lane = await startSystemLane();
  client = await openClient({ uri: lane.uri });
  const home = join(lane.root, MEMBER.home);
  await mkdir(home, { mode: 0o700 });
  await chown(home, MEMBER.uid, MEMBER.gid);
  const socket = join(lane.root, "run/libvirt/libvirt-sock");
  await chown(socket, 0, MEMBER.gid);
  await chmod(socket, 0o770);
  await chmod(join(lane.root, "log/qemu"), 0o750);

  const disk = Buffer.alloc(1024 ** 2);
  disk.set(ECHO_BOOT_SECTOR);
  await writeFile(join(lane.root, "lib/images/echo.img"), disk);
  const xml = `<domain type="qemu"><name>${NAME}</name><memory unit="MiB">16</memory><vcpu>1</vcpu>
    <os><type arch="x86_64" machine="pc">hvm</type></os><devices>
    <disk type="file"><driver name="qemu" type="raw"/><source file="/var/lib/libvirt/images/echo.img"/><target dev="vda" bus="virtio"/></disk>
    <serial type="pty"><log file="/var/log/libvirt/qemu/${NAME}.console.log"/><target port="0"/></serial></devices></domain>`;
  ({ uuid } = await client.call("domain.define", { xml, validate: true }));
  await client.call("domain.start", { uuid, flags: 0 });
});
afterAll(async () => {
  await client?.close();
  await lane?.stop();
});

const asMember = (args: readonly string[]) =>
  [
    ["setpriv", `--reuid=${MEMBER.uid}`, `--regid=${MEMBER.gid}`, "--clear-groups", "--", ...HUTCH, ...args],
    { env: { ...NO_FOLDERS, HOME: join(lane.root, MEMBER.home), HUTCH_CONNECT: "qemu:///system" } },
  ] as const;

/** Paused until whoever follows has seen that it is there: this guest has said all within a few milliseconds. */
async function restart(): Promise<void> {
  await client.call("domain.destroy", { uuid, flags: 0 });
  await client.call("domain.start", { uuid, flags: VirDomainCreateFlags.PAUSED });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await client.call("domain.resume", { uuid });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
}

describe("a console log that only root may read", () => {
  it("is read by root", async () => {
    await expect.poll(async () => (await lane.hutch(["logs", NAME])).stdout, { timeout: 20_000 }).toBe("ready.\n");
  });

  it("cannot be read back by a member of the socket's group, who is told what to type", async () => {
    const { code, stdout, stderr } = await lane.exec(...asMember(["logs", NAME, "-o", "json"]));
    expect([code, stdout]).toEqual([5, ""]);
    expect(JSON.parse(stderr).error).toMatchObject({
      code: "E_CONFLICT",
      why: expect.stringContaining(`/var/log/libvirt/qemu/${NAME}.console.log, which root alone may read`),
      next: [`sudo hutch logs ${NAME}`, `hutch logs ${NAME} -f`],
    });
  });

  it("is followed through libvirt from now on, over a restart, by one reader at a time", {
    timeout: 90_000,
  }, async () => {
    const following = lane.spawn(...asMember(["logs", NAME, "-f"]));
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      following.child[name].on("data", (text: string) => {
        said[name] += text;
      });
    await expect.poll(() => said.stderr, { timeout: 10_000 }).toContain("which root alone may read");
    const taken = async () => (await lane.exec(...asMember(["logs", NAME, "-f"]))).stderr;
    await expect.poll(taken, { timeout: 10_000 }).toContain(`Somebody else has the console of ${NAME} open`);

    // Its greeting ends no line: it is told when the VM stops.
    const restarted = async () => {
      await restart();
      return said.stdout;
    };
    await expect.poll(restarted, { timeout: 60_000 }).toContain("ready.\nready.\n");
    following.kill("SIGINT");
    expect((await following.done).code).toBe(130);
  });
});
