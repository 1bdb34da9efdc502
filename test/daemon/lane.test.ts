import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#ffi";
import { type Lane, type SystemLane, startSessionLane, startSystemLane } from "../support/lane.ts";
import { CHECKOUT } from "../support/lane-namespace.ts";
import { sweep } from "../support/sweep.ts";
import { world } from "../support/world.ts";

/** A guest that never runs: paused, without a disk. */
const PAUSED_GUEST = `<domain type="qemu"><name>t-paused</name><memory unit="MiB">32</memory><vcpu>1</vcpu>
  <os><type arch="x86_64" machine="q35">hvm</type></os></domain>`;
const START_PAUSED = 1;

/** Processes of the host whose command line names this lane. */
async function processesOf(root: string): Promise<string> {
  const ps = spawn("pgrep", ["--full", "--list-full", root], { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: string[] = [];
  ps.stdout.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  await once(ps, "close");
  return chunks.join("");
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(20);
}

describe("a system lane", () => {
  let lane: SystemLane;
  beforeAll(async () => {
    lane = await startSystemLane();
  });
  afterAll(() => lane.stop());

  it("has a daemon of its own, with the network `default` at rest, inside and outside", async () => {
    const inside = await lane.exec(["virsh", "--quiet", "--connect", "qemu:///system", "net-list", "--all", "--name"]);
    expect(inside).toEqual({ code: 0, stdout: "default\n", stderr: "" });
    const client = await connect({ uri: lane.uri, inline: true });
    expect(await client.call("network.list", {})).toMatchObject([{ name: "default", active: false }]);
    await client.close();
  });

  it("hides KVM, control groups and the host's network", async () => {
    const { stdout } = await lane.exec([
      "sh",
      "-c",
      "stat -c %a%F /dev/kvm; grep -c cgroup /proc/mounts; ls /sys/class/net",
    ]);
    const [kvm, groups, ...devices] = stdout.trim().split("\n");
    expect(kvm === undefined || kvm.startsWith("0")).toBe(true);
    expect(groups).toBe("0");
    expect(devices.sort()).toEqual(["lo", "tap0"]);
  });

  it("passes input, environment, output and exit code through", async () => {
    const ran = await lane.exec(["sh", "-c", "cat; echo $WORD >&2; exit 7"], { stdin: "in\n", env: { WORD: "out" } });
    expect(ran).toEqual({ code: 7, stdout: "in\n", stderr: "out\n" });
  });

  it("passes a Ctrl-C to the command and waits for what it makes of it", async () => {
    const running = lane.spawn(["bash", "-c", "trap 'sleep 0.2; echo undone; exit 130' INT; echo up; read -r"]);
    await once(running.child.stdout, "data");
    running.kill("SIGINT");
    expect(await running.done).toEqual({ code: 130, stdout: "up\nundone\n", stderr: "" });
  });

  it("kills a command with all its children when its time is over", async () => {
    const marker = `${lane.root}/late`;
    const script = "echo started; sleep 60 & wait";
    await expect(lane.exec(["bash", "-c", script, marker], { timeoutMs: 3_000 })).rejects.toThrow(/3 s.*started/s);
    await until(async () => !(await processesOf(marker)).includes(marker));
  });

  it("kills a command when the caller gives up", async () => {
    const ran = await lane.exec(["sleep", "60"], { signal: AbortSignal.timeout(100) });
    expect(ran.code).toBe(137);
  });

  it("keeps guests when its daemon is killed, and the world tells what changed", async () => {
    const before = await connect({ uri: lane.uri, inline: true });
    const first = await world(before, { lane, folders: [join(lane.root, "etc/qemu")] });
    const { uuid } = await before.call("domain.define", { xml: PAUSED_GUEST, validate: true });
    await before.call("domain.start", { uuid, flags: START_PAUSED });
    await before.close();

    await lane.killDaemon();
    await lane.startDaemon();

    const after = await connect({ uri: lane.uri, inline: true });
    const then = await world(after, { lane, folders: [join(lane.root, "etc/qemu")] });
    expect(Object.keys(then.domains)).toEqual(["t-paused"]);
    expect(then.processes.filter((line) => line.includes("t-paused"))).toHaveLength(1);
    expect(Object.keys(then.files)).toContain(join(lane.root, "etc/qemu/t-paused.xml"));
    expect(then).not.toEqual(first);

    await after.call("domain.destroy", { uuid, flags: 0 });
    await after.call("domain.undefine", { uuid, flags: 0 });
    expect(await world(after, { lane, folders: [join(lane.root, "etc/qemu")] })).toEqual(first);
    await after.close();
  });

  it("is where quickstart starts a daemon that does not run, and uninstall stops that one", async () => {
    const state = { XDG_STATE_HOME: join(lane.root, "home/state") };
    const script = `set -e; for lib in say ledger libvirt-daemon; do . scripts/lib/$lib.sh; done; start_libvirt`;
    const startLibvirt = () => lane.exec(["bash", "-c", script], { cwd: CHECKOUT, env: state });
    expect(await startLibvirt()).toMatchObject({ code: 0, stderr: "" });
    await lane.killDaemon();
    expect(await startLibvirt()).toMatchObject({ code: 0, stderr: expect.stringContaining("Starting libvirtd") });
    const ledger = join(state.XDG_STATE_HOME, "hutch/quickstart.state");
    const pid = (await lane.exec(["cat", "/run/libvirtd.pid"])).stdout.trim();
    expect(await readFile(ledger, "utf8")).toContain(`daemon libvirtd ${pid}\n`);

    const uninstall = [join(CHECKOUT, "scripts/uninstall"), "--yes"];
    expect(await lane.exec(uninstall, { env: state })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("All of it is taken back."),
    });
    expect(existsSync(ledger)).toBe(false);
    await until(async () => (await lane.exec(["kill", "-0", pid])).code !== 0);
    await lane.startDaemon();
  });

  it("is where quickstart opens a device that is root's alone, and uninstall closes it again", async () => {
    const env = { XDG_STATE_HOME: join(lane.root, "home/state") };
    const device = join(lane.root, "device");
    await lane.exec(["mknod", "-m", "600", device, "c", "1", "3"]);
    const inBash = async (command: string) => {
      const script = `set -e; for lib in say ledger kvm-device; do . scripts/lib/$lib.sh; done; KVM_DEVICE=$0; ${command}`;
      const { stdout } = await lane.exec(["bash", "-c", `${script}; stat -c '%G %a' "$0"`, device], {
        cwd: CHECKOUT,
        env,
      });
      return stdout;
    };
    expect(await inBash("open_kvm_device")).toBe("kvm 660\n");
    expect(await inBash("open_kvm_device")).toBe("kvm 660\n");
    expect(await inBash("ledger_list kvm-device")).toBe("root:root 600\nkvm 660\n");
    expect(await inBash("restore_kvm_device $(ledger_list kvm-device)")).toBe("root 600\n");
  });
});

describe("a session lane", () => {
  let lane: Lane;
  beforeAll(async () => {
    lane = await startSessionLane();
  });
  afterAll(() => lane.stop());

  it("belongs to a user whom the machine does not know", async () => {
    expect((await lane.exec(["id", "-un"])).stdout).toBe("hutch-test\n");
    expect(await readFile("/etc/passwd", "utf8")).not.toContain("hutch-test");
  });

  it("starts that user's own libvirt, which this process can look at too", async () => {
    expect(await lane.exec(["virsh", "--quiet", "--connect", "qemu:///session", "uri"])).toMatchObject({
      code: 0,
      stdout: "qemu:///session\n",
    });
    const client = await connect({ uri: lane.uri, inline: true });
    expect(await client.call("domain.list", {})).toEqual([]);
    await client.close();
  });

  it("can read the checkout and write to its own home only", async () => {
    expect((await lane.exec(["node", "--version"])).stdout).toBe(`${process.version}\n`);
    expect((await lane.exec(["cat", join(CHECKOUT, "package.json")])).code).toBe(0);
    expect((await lane.exec(["touch", join(CHECKOUT, "t-touched")])).code).not.toBe(0);
    expect((await lane.exec(["touch", "touched"])).code).toBe(0);
    expect((await lane.exec(["cat", "/dev/kvm"])).code).not.toBe(0);
  });
});

describe("the end of a lane", () => {
  it("leaves no process and no folder", async () => {
    const lane = await startSystemLane();
    expect(await processesOf(lane.root)).not.toBe("");
    await lane.stop();
    await lane.stop();
    expect(await processesOf(lane.root)).toBe("");
    expect(existsSync(lane.root)).toBe(false);
  });

  it("comes by itself when its maker is killed, and a sweep removes the folder, but no lane in use", async () => {
    await using used = await startSystemLane();
    const work = await mkdtemp(join(tmpdir(), "t-lane-"));
    const script = join(work, "maker.ts");
    const support = join(CHECKOUT, "test/support/lane.ts");
    await writeFile(
      script,
      `const { startSystemLane } = await import(${JSON.stringify(support)});
       console.log((await startSystemLane()).root);
       setInterval(() => undefined, 1000);`,
    );
    const maker = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(maker.stdout, "data")) as [Buffer];
    const root = line.toString().trim();
    maker.kill("SIGKILL");
    await until(async () => (await processesOf(root)) === "");
    expect(existsSync(root)).toBe(true);
    expect(await sweep()).toContain(root);
    expect(existsSync(root)).toBe(false);
    expect(existsSync(used.root)).toBe(true);
    await rm(work, { recursive: true });
  });
});
