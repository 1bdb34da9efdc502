import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type LibvirtClient } from "#ffi";
import type { MachineView } from "../../src/core/machine/view.ts";
import type { ImageRow, LaunchResult } from "../../src/core/requests.ts";
import { searchDisk } from "../support/disk-search.ts";
import { guestImage } from "../support/guest-image.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import { runTool } from "../support/tool.ts";

const BOOT_MS = 900_000;
const LOOK_EVERY_MS = 500;
/** The root file system begins here on disks that hutch builds. */
const ROOT_OFFSET = 36 * 1024 ** 2;

let lane: SystemLane;
let client: LibvirtClient;
let hutch: HutchCli;
let base: ImageRow;
let baked: ImageRow;

beforeAll(async () => {
  lane = await startSystemLane();
  client = await connect({ uri: lane.uri });
  hutch = hutchIn(lane);
  const file = await guestImage("debian-13");
  base = (await hutch.json<{ image: ImageRow }>(["image", "import", file, "--name", "debian-13"])).image;
});
afterAll(async () => {
  await client?.close();
  await lane?.stop();
});

const machines = async () => (await hutch.json<{ machines: MachineView[] }>(["list"])).machines;
const images = async () => (await hutch.json<{ images: ImageRow[] }>(["image", "ls"])).images;
const volumeFile = ({ volume }: ImageRow) => join(lane.root, "lib/images/hutch", volume);
const raw = () => join(lane.root, "baked.raw");
/** A command of the file system's own debugger, on the disk that was searched last. */
const onDisk = (command: string) => runTool(["debugfs", "-R", command, `${raw()}?offset=${ROOT_OFFSET}`]);

/** Until it is there. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** What a command printed in a guest that only its agent can be asked; undefined while nobody answers. */
async function byAgent(uuid: string, path: string, ...arg: readonly string[]): Promise<string | undefined> {
  const ask = async (execute: string, args: object): Promise<Record<string, unknown>> => {
    const command = JSON.stringify({ execute, arguments: args });
    const { result } = await client.call("domain.agent", { uuid, command, timeoutSeconds: 10 });
    return (JSON.parse(result) as { return: Record<string, unknown> }).return;
  };
  try {
    const { pid } = await ask("guest-exec", { path, arg, "capture-output": true });
    const done = await eventually(async () => {
      const status = await ask("guest-exec-status", { pid });
      return status["exited"] === true ? status : undefined;
    });
    return Buffer.from(String(done["out-data"] ?? ""), "base64")
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

describe("image bake", () => {
  /** All that the builder could be known by. */
  const traces: Record<string, Buffer> = {};

  it("runs the recipe in a VM that is gone afterwards", { timeout: BOOT_MS }, async () => {
    const baking = hutch.json<{ image: ImageRow }>(["image", "bake", "debian-13", "--engine", "docker"]);
    const ended = baking.then(
      () => Promise.reject(new Error("It was never seen.")),
      (error: unknown) => Promise.reject(error),
    );
    const seen = eventually(async () =>
      (await machines()).find(({ name, status }) => name.startsWith("bake-") && status.power === "running"),
    );
    const { uuid, name, record } = await Promise.race([seen, ended]);
    const machineId = await Promise.race([eventually(() => byAgent(uuid, "/bin/cat", "/etc/machine-id")), ended]);
    expect(record).toMatchObject({
      state: "making",
      spec: { engine: "docker", user: expect.stringMatching(/^baker-/) },
    });

    const text = (word: string | undefined) => Buffer.from(word ?? "missing");
    const blob = (key: string | null | undefined) => key?.split(" ")[1] ?? "missing";
    traces["its name"] = text(name);
    traces["its user"] = text(record?.spec.user);
    traces["its id"] = text(uuid);
    traces["its id without hyphens"] = text(uuid.replaceAll("-", ""));
    traces["its id in binary"] = Buffer.from(uuid.replaceAll("-", ""), "hex");
    traces["its machine-id"] = text(machineId);
    traces["its machine-id in binary"] = Buffer.from(machineId, "hex");
    traces["its MAC"] = text(record?.mac);
    traces["its MAC in binary"] = Buffer.from(record?.mac.replaceAll(":", "") ?? "", "hex");
    traces["its host key"] = text(blob(record?.hostKey));
    traces["its host key in binary"] = Buffer.from(blob(record?.hostKey), "base64").subarray(-32);
    traces["the key that let hutch in"] = text(blob(record?.spec.sshKeys[0]));
    traces["the key that let hutch in, in binary"] = Buffer.from(blob(record?.spec.sshKeys[0]), "base64").subarray(-32);
    traces["its log of packages"] = text("status installed docker");
    for (const [what, bytes] of Object.entries(traces)) expect(bytes.length, what).toBeGreaterThanOrEqual(6);

    baked = (await baking).image;
    expect(baked).toMatchObject({
      name: "debian-13-docker",
      trust: expect.stringContaining("baked here from debian-13"),
      origin: {
        kind: "baked",
        base: "debian-13",
        baseDigest: base.digest,
        engine: "docker",
        packages: [],
        userData: null,
      },
      usedBy: [],
      stale: false,
    });
    expect(await machines()).toEqual([]);
    expect((await images()).map(({ name: image }) => image)).toEqual(["debian-13", "debian-13-docker"]);
  });

  it("leaves a disk in order, that stands alone", async () => {
    const info: unknown = JSON.parse(await runTool(["qemu-img", "info", "--output=json", volumeFile(baked)]));
    expect(info).toMatchObject({ format: "qcow2", "virtual-size": baked.virtualBytes });
    expect(info).not.toHaveProperty("backing-filename");
  });

  it("leaves no trace of its builder on any byte of the disk", { timeout: 300_000 }, async () => {
    // The search finds what is there: a file of the base, and what the recipe wrote.
    const there = {
      "a line of the base": Buffer.from("LABEL=cloudimg-rootfs / ext4"),
      "the recipe": Buffer.from("172.30.0.0/16"),
    };
    const found = await searchDisk(volumeFile(baked), raw(), { ...traces, ...there });
    expect([...new Set(found.map(({ what }) => what))].sort()).toEqual(Object.keys(there).sort());
    await runTool(["e2fsck", "-fn", `${raw()}?offset=${ROOT_OFFSET}`]);
    expect(await onDisk("ls -p /home")).not.toContain("baker");
    expect(await onDisk("stat /etc/machine-id")).toMatch(/Size: 0\n/);
    expect(await onDisk("ls -p /var/lib/apt/lists")).not.toContain("Packages");
    expect(await onDisk("ls -p /var/log/apt")).not.toContain("history.log");
    expect(await onDisk("ls -p /etc/sudoers.d")).not.toContain("90-cloud-init-users");
  });
});

describe("VMs of a baked image", () => {
  const guest = async (name: string, ...argv: readonly string[]) => {
    const { code, stdout, stderr } = await hutch.run(["exec", name, "--", ...argv]);
    if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}${stdout}`);
    return stdout.trim();
  };

  it("are what launch makes by itself, and says so", { timeout: BOOT_MS }, async () => {
    const { code, stdout, stderr } = await hutch.run([
      "launch",
      "debian-13",
      "--engine",
      "docker",
      "--name",
      "t-one",
      "-o",
      "json",
    ]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("Using debian-13 with docker baked on"),
    });
    const { machine, stages, bake } = JSON.parse(stdout) as LaunchResult;
    expect(stages.at(-1)?.stage).toBe("ready");
    expect(machine.record).toMatchObject({
      cloudInit: { state: "done", errors: [] },
      image: { name: "debian-13-docker", digest: baked.digest, engine: "docker" },
      engine: { name: "docker", version: expect.stringMatching(/^\d+\./) },
    });
    expect(stderr).not.toMatch(/apt|Unpacking|Install docker/);
    expect(bake).toBeUndefined();
  });

  it("start by UEFI as well, and have their engine when they are asked for by name", { timeout: BOOT_MS }, async () => {
    const { machine } = await hutch.launch(["debian-13-docker", "--name", "t-two", "--firmware", "uefi"]);
    expect(machine.record).toMatchObject({ spec: { engine: "docker" }, engine: { name: "docker" } });
    expect(await guest("t-two", "test", "-d", "/sys/firmware/efi")).toBe("");
    expect((await hutch.run(["exec", "t-one", "--", "test", "-d", "/sys/firmware/efi"])).code).toBe(1);
  });

  it("run containers for their login user", { timeout: BOOT_MS }, async () => {
    for (const name of ["t-one", "t-two"]) {
      // The container that proved the engine left none of its own.
      expect(await guest(name, "docker", "image", "ls", "--all", "--quiet")).toBe("");
      expect(await guest(name, "docker", "ps", "--all", "--quiet")).toBe("");
      const files = "bin/sh lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/libc.so.6";
      await guest(name, "sh", "-c", `tar -C / -ch ${files} | docker import - t-local`);
      expect(await guest(name, "docker", "run", "--rm", "t-local", "/bin/sh", "-c", "echo hello")).toBe("hello");
    }
  });

  it("differ in all that a machine is known by", async () => {
    const about = {
      hostname: ["hostname"],
      "machine-id": ["cat", "/etc/machine-id"],
      "host key": ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"],
      "instance-id": ["sudo", "cat", "/var/lib/cloud/data/instance-id"],
      MAC: ["cat", "/sys/class/net/eth0/address"],
      "engine id": ["docker", "info", "--format", "{{.ID}}"],
      "engine's network": ["docker", "network", "ls", "--quiet"],
      "random seed": ["sudo", "sha256sum", "/var/lib/systemd/random-seed"],
    };
    for (const [what, argv] of Object.entries(about)) {
      const [one, two] = [await guest("t-one", ...argv), await guest("t-two", ...argv)];
      expect(one, what).not.toBe("");
      expect(one, what).not.toBe(two);
    }
  });

  // Not of /var: what programs write there while they run differs in any two VMs.
  it("are equal in everything else of /etc", async () => {
    const print = "cd /etc && find . -printf '%p %y %m %U:%G %l\\n' && find . -type f -exec sha256sum {} +";
    const lines = async (name: string) => (await guest(name, "sudo", "sh", "-c", print)).split("\n");
    const [one, two] = [await lines("t-one"), await lines("t-two")];
    const differing = [...one.filter((line) => !two.includes(line)), ...two.filter((line) => !one.includes(line))];
    const files = new Set(differing.map((line) => /\.\/\S+/.exec(line)?.[0]));
    expect([...files].sort()).toEqual([
      "./hostname",
      "./hosts",
      "./machine-id",
      "./netplan/50-cloud-init.yaml",
      "./ssh/ssh_host_ed25519_key",
      "./ssh/ssh_host_ed25519_key.pub",
      // The time at which cloud-init wrote it.
      "./sudoers.d/90-cloud-init-users",
    ]);
  });
});

describe("packages and user-data", () => {
  it("are baked in too, under a name of their own", { timeout: BOOT_MS }, async () => {
    const userData = join(lane.root, "recipe.yaml");
    const key = "AAAAC3NzaC1lZDI1NTE5AAAAIMzqbDpVOyXQG4vCGwI2hJHnPuIhOIbhOZ0pXqYwPz4d";
    await writeFile(
      userData,
      `#cloud-config
write_files:
- path: /etc/motd
  content: baked by user-data
users:
- name: ops
  homedir: /srv/ops
  sudo: ALL=(ALL) NOPASSWD:ALL
  ssh_authorized_keys: [ssh-ed25519 ${key} ops]
`,
    );
    const words = ["--packages", "tree,ncal", "--user-data", userData, "--name", "dev"];
    const { image } = await hutch.json<{ image: ImageRow }>(["image", "bake", "debian-13-docker", ...words]);
    expect(image).toMatchObject({
      name: "dev",
      origin: {
        base: "debian-13-docker",
        baseDigest: baked.digest,
        engine: "docker",
        packages: ["tree", "ncal"],
        userData: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      },
    });
    const wanted = { "the recipe": Buffer.from("baked by user-data"), "a user's key": Buffer.from(key) };
    const found = await searchDisk(volumeFile(image), raw(), wanted);
    expect([...new Set(found.map(({ what }) => what))]).toEqual(["the recipe"]);
    expect(await onDisk("ls -p /srv/ops")).toContain(".profile");
    const sudoers = await onDisk("cat /etc/sudoers.d/90-cloud-init-users");
    expect(sudoers).toContain("\nops ALL=(ALL) NOPASSWD:ALL");
    expect(sudoers).not.toContain("baker-");
    expect(await onDisk("cat /etc/motd")).toContain("baked by user-data");
    for (const program of ["/usr/bin/tree", "/usr/bin/ncal", "/usr/sbin/dockerd"])
      expect(await onDisk(`stat ${program}`)).toContain("Type: regular");
  });
});
