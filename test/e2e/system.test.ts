import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type LibvirtClient } from "#ffi";
import type { EngineStatus, ImageRow, LaunchResult, MachineInfo, PowerResult } from "../../src/core/requests.ts";
import { makeAptRepository } from "../support/apt-repository.ts";
import { guestImage } from "../support/guest-image.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { HUTCH, type Running, type SystemLane, startSystemLane } from "../support/lane.ts";
import { type World, world } from "../support/world.ts";

const NAME = "t-web";
const BOOT_MS = 900_000;
/** On the NAT network's own bridge, taken as if it were the LAN's. */
const STATIC = "192.168.122.9";
/** The host on the network `default`, as guests see it. */
const BRIDGE_ADDRESS = "192.168.122.1";
const SERVE = fileURLToPath(new URL("../support/guest-serve.ts", import.meta.url));
const CONTAINERS = fileURLToPath(new URL("../support/containers-probe.ts", import.meta.url));

let lane: SystemLane;
let client: LibvirtClient;
let hutch: HutchCli;
let before: World;

const info = async () => (await hutch.json<{ machine: MachineInfo }>(["info", NAME])).machine;
/** In the guest, as the login user. */
const guest = async (...argv: string[]) => {
  const { code, stdout, stderr } = await hutch.run(["exec", NAME, "--", ...argv]);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}${stdout}`);
  return stdout.trim();
};
/** What the library tells of a VM's containers, and what one of them wrote. */
const containers = async (...names: string[]) => {
  const ran = await lane.exec([process.execPath, CONTAINERS, ...names], { timeoutMs: BOOT_MS });
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout) as { readonly report: unknown; readonly said: readonly string[] };
};
const look = async () => {
  const home = ["data", "state"].map((name) => join(lane.env[`XDG_${name.toUpperCase()}_HOME`] ?? "", "hutch"));
  const seen = await world(client, { lane, folders: [...home, join(lane.root, "lib/images")] });
  // A lease ends by itself, an hour after its guest; libvirt has no way to end one.
  const networks = Object.entries(seen.networks).map(([name, network]) => [name, { ...Object(network), leases: [] }]);
  return { ...seen, networks: Object.fromEntries(networks) };
};

beforeAll(async () => {
  lane = await startSystemLane();
  client = await connect({ uri: lane.uri });
  hutch = hutchIn(lane);
});
afterAll(async () => {
  await client?.close();
  await lane?.stop();
});

describe("an image of one's own", () => {
  it("is imported under a name and is what launch then takes", async () => {
    const file = await guestImage("debian-13");
    const { image } = await hutch.json<{ image: ImageRow }>(["image", "import", file, "--name", "debian-13"]);
    expect(image).toMatchObject({
      name: "debian-13",
      usedBy: [],
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    // The ground that stays: network and key.
    await client.call("network.start", { name: "default" });
    await hutch.run(["create", "debian-13", "--name", "t-ground", "-o", "json"]);
    await hutch.run(["delete", "t-ground", "--purge", "--force", "--yes"]);
    before = await look();
  });
});

describe("launch --engine docker", () => {
  let launched: LaunchResult;

  it("goes through every stage, in order", { timeout: BOOT_MS }, async () => {
    launched = await hutch.launch(["debian-13", "--name", NAME, "--memory", "1G", "--engine", "docker", "--yes"]);
    expect(launched.stages.map(({ stage }) => stage)).toEqual([
      "running",
      "address",
      "ssh",
      "cloud-init",
      "engine",
      "ready",
    ]);
    const times = launched.stages.map(({ ms }) => ms);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(launched.machine).toMatchObject({ name: NAME, status: { power: "running" }, problems: [] });
    expect(launched.machine.record).toMatchObject({
      state: "made",
      pending: [],
      cloudInit: { state: "done", errors: [] },
    });
    expect(launched.warnings.join("\n")).toMatch(/TCG/);
  });

  it("kept the address that it had reserved before the first start", async () => {
    const { record, addresses } = await info();
    expect(addresses.map(({ address }) => address)).toContain(record?.address);
    const [network] = await client.call("network.list", {});
    expect(network?.xml).toContain(`ip='${record?.address}'`);
  });

  it("knows the guest by the key that it gave it, and by no other", async () => {
    const { ssh, uuid, record } = await info();
    const [type, key] = (await guest("cat", "/etc/ssh/ssh_host_ed25519_key.pub")).split(" ");
    expect(`${type} ${key}`).toBe(record?.hostKey);

    const line = ssh?.split(" ") ?? [];
    expect((await lane.exec([...line, "hostname"])).stdout.trim()).toBe(NAME);
    const known = join(lane.env["XDG_DATA_HOME"] ?? "", "hutch/known_hosts.d", uuid);
    const mine = await readFile(known, "utf8");
    await writeFile(known, mine.replace(/AAAA\S+/, (await readFile(await otherKey(), "utf8")).split(" ")[1] ?? ""));
    const refused = await lane.exec([...line, "hostname"]);
    await writeFile(known, mine);
    expect(refused).toMatchObject({ code: 255, stderr: expect.stringMatching(/host key|identification/i) });
  });

  it("left no key and no secret in the seed", async () => {
    const { record, uuid } = await info();
    const seed = { pool: "hutch", name: record?.seedVolume ?? "" };
    const { capacityBytes } = (await client.call("volume.lookup", seed)) ?? { capacityBytes: 0 };
    const { data } = await client.call("volume.read", { ...seed, offset: 0, length: capacityBytes });
    const text = Buffer.from(data).toString("latin1");
    expect(text).toContain(`iid-${uuid}`);
    expect(text).not.toMatch(/PRIVATE KEY|ssh-ed25519|ssh_authorized_keys/);
  });

  const otherKey = async () => {
    const folder = join(lane.root, "other");
    await mkdir(folder, { recursive: true });
    await lane.exec(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
    return join(folder, "key.pub");
  };
});

describe("exec", () => {
  it("passes the guest's exit code through", async () => {
    expect((await hutch.run(["exec", NAME, "--", "sh", "-c", "exit 7"])).code).toBe(7);
  });

  it("ends with 128 + n for a command that signal n ended", async () => {
    expect(await hutch.run(["exec", NAME, "--", "sh", "-c", "kill -KILL $$"])).toMatchObject({ code: 137, stderr: "" });
  });

  it("keeps every word as it is", async () => {
    const words = ["a b", "", "it's", '"q"', "$HOME", "`id`", "*", "\\", "a\nb", "-n", "--", "ü"];
    const { stdout } = await hutch.run(["exec", NAME, "--", "printf", "[%s]", ...words]);
    expect(stdout).toBe(words.map((word) => `[${word}]`).join(""));
  });

  it("hands standard input over, whatever is in it", async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
    const { stdout } = await hutch.run(["exec", NAME, "--", "sha256sum"], { stdin: bytes });
    const local = await lane.exec(["sha256sum"], { stdin: bytes });
    expect(stdout).toBe(local.stdout);
  });

  it("keeps output and complaints apart", async () => {
    const ran = await hutch.run(["exec", NAME, "--", "sh", "-c", "echo out; echo err >&2"]);
    expect(ran).toEqual({ code: 0, stdout: "out\n", stderr: "err\n" });
  });

  it.each([
    ["TERM", "hutch alone", 143],
    ["HUP", "hutch alone", 129],
    ["TERM", "hutch and its ssh", 143],
  ] as const)("passes SIG%s to %s on, and the command ends", async (signal, whom, code) => {
    const foreground = whom === "hutch alone" ? ["--foreground"] : [];
    const stopping = ["timeout", ...foreground, "--preserve-status", `--signal=${signal}`, "3"];
    const ran = await lane.exec([...stopping, ...HUTCH, "exec", NAME, "--", "sh", "-c", "sleep 9876; true"]);
    expect(ran.code).toBe(code);
    expect((await hutch.run(["exec", NAME, "--", "pgrep", "-f", "sleep 987[6]"])).stdout).toBe("");
  });

  it("leaves it to the command what it makes of a signal", async () => {
    const trap = "trap 'echo bye; exit 3' TERM; while :; do sleep 0.2; done";
    const stopping = ["timeout", "--foreground", "--preserve-status", "3"];
    const ran = await lane.exec([...stopping, ...HUTCH, "exec", NAME, "--", "sh", "-c", trap]);
    expect(ran).toMatchObject({ code: 3, stdout: "bye\n" });
  });

  it("ends with 125 when it is hutch that failed", async () => {
    const ran = await hutch.run(["exec", "t-wbe", "--", "true"]);
    expect(ran).toMatchObject({ code: 125, stderr: expect.stringContaining('Did you mean "t-web"?') });
  });
});

describe("the engine", () => {
  it("tells of itself", async () => {
    const { engine } = await hutch.json<{ engine: EngineStatus }>(["engine", "status", NAME]);
    expect(engine).toMatchObject({
      name: NAME,
      installed: true,
      running: true,
      enabled: true,
      version: expect.stringMatching(/^\d+\./),
      storageDriver: expect.stringMatching(/overlay/),
      cgroups: "v2 systemd",
      engine: { name: "docker", source: expect.stringMatching(/./) },
    });
  });

  it("may be used by the login user without sudo", async () => {
    expect(await guest("id", "-nG")).toMatch(/\bdocker\b/);
    expect(await guest("docker", "version", "--format", "{{.Server.Os}}")).toBe("linux");
  });

  it("rotates logs and stays clear of libvirt's addresses", async () => {
    const settings: unknown = JSON.parse(await guest("sudo", "cat", "/etc/docker/daemon.json"));
    expect(settings).toMatchObject({
      "log-opts": { "max-size": "10m", "max-file": "3" },
      "default-address-pools": [{ base: "172.30.0.0/16", size: 24 }],
    });
  });

  it("runs a container within its limits, and shows its output", { timeout: 300_000 }, async () => {
    const files = "bin/sh bin/cat lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/libc.so.6";
    await guest("sh", "-c", `tar -C / -ch ${files} | docker import - t-local`);
    const shown = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max; echo hello from $HOSTNAME";
    const output = await guest(
      ...["docker", "run", "--rm", "--hostname", "inside", "--memory", "64m", "--cpus", "0.5", "t-local"],
      ...["/bin/sh", "-c", `HOSTNAME=$(cat /etc/hostname); ${shown}`],
    );
    expect(output.split("\n")).toEqual([`${64 * 1024 ** 2}`, "50000 100000", "hello from inside"]);
  });
});

describe("containers", () => {
  afterAll(async () => {
    await hutch.run(["exec", NAME, "--", "sudo", "docker", "rm", "--force", "t-limited", "t-free", "t-gone"]);
  });

  it("are told with what they use and may use, and those without a limit", { timeout: 300_000 }, async () => {
    const docker = (...words: string[]) => guest("docker", "run", ...words);
    await docker(
      ...["--detach", "--interactive", "--name", "t-limited", "--memory", "64m", "--cpus", "0.5", "t-local"],
      ...["/bin/sh", "-c", "echo hello; echo trouble >&2; exec cat"],
    );
    await docker("--detach", "--interactive", "--name", "t-free", "t-local", "/bin/cat");
    await hutch.run(["exec", NAME, "--", "docker", "run", "--name", "t-gone", "t-local", "/bin/sh", "-c", "exit 3"]);
    const { report, said } = await containers(NAME, "t-limited");
    const use = { cpuPercent: expect.any(Number), memoryBytes: expect.any(Number) };
    expect(report).toEqual({
      name: NAME,
      engine: "docker",
      docker: ["docker"],
      total: 3,
      containers: [
        expect.objectContaining({ name: "t-free", state: "running", use, limits: { cpus: null, memoryBytes: null } }),
        expect.objectContaining({ name: "t-gone", state: "exited", exitCode: 3, use: null }),
        expect.objectContaining({
          name: "t-limited",
          image: "t-local",
          use,
          limits: { cpus: 0.5, memoryBytes: 64 * 1024 ** 2 },
        }),
      ],
    });
    expect([...said].sort()).toEqual(["hello", "trouble"]);
  });

  it("are limited while they run, by the words that the terminal UI gives", { timeout: 300_000 }, async () => {
    await guest(
      "docker",
      "update",
      "--cpus",
      "0.25",
      "--memory",
      "128m",
      "--memory-swap",
      "256m",
      "t-free",
      "t-limited",
    );
    const { report } = await containers(NAME);
    const limited = { cpus: 0.25, memoryBytes: 128 * 1024 ** 2 };
    expect(report).toMatchObject({ containers: [{ limits: limited }, {}, { limits: limited }] });
  });

  it("are told through sudo where Docker lets only root in", { timeout: 300_000 }, async () => {
    await guest("sudo", "chmod", "600", "/var/run/docker.sock");
    const { report, said } = await containers(NAME, "t-limited");
    await guest("sudo", "chmod", "660", "/var/run/docker.sock");
    expect(report).toMatchObject({ docker: ["sudo", "-n", "docker"], total: 3 });
    expect(said).toHaveLength(2);
  });
});

describe("logs", () => {
  it("has the console, clean of escapes", async () => {
    const { stdout } = await hutch.run(["logs", NAME]);
    expect(stdout).toMatch(/Linux version/);
    expect(stdout).toMatch(/t-web login:/);
    expect(stdout).not.toMatch(/[\x00-\x08\x0b-\x1f]/);
  });

  it("has cloud-init's own", async () => {
    expect((await hutch.run(["logs", NAME, "--cloud-init"])).stdout).toMatch(/Cloud-init v\. .* finished/);
  });
});

describe("power and the trash", () => {
  const power = async (...args: string[]) => (await hutch.json<{ results: PowerResult[] }>(args)).results;

  it("restarts with the same address, and Docker with it, while its console is followed", {
    timeout: BOOT_MS,
  }, async () => {
    const { address } = await info();
    const following = lane.spawn([...HUTCH, "logs", NAME, "-f"], { timeoutMs: BOOT_MS });
    let said = "";
    following.child.stdout.on("data", (text: string) => {
      said += text;
    });
    const boots = () => said.split("Linux version").length - 1;
    await expect.poll(boots, { timeout: 10_000 }).toBe(1);
    expect(await power("restart", NAME)).toMatchObject([{ name: NAME, done: true }]);
    const waited = await hutch.json<LaunchResult>(["wait", NAME, "--for", "ssh"]);
    expect(waited.machine.address).toBe(address);
    expect(boots()).toBe(2);
    following.kill("SIGINT");
    expect((await following.done).code).toBe(130);
    // ssh answers before everything else has started.
    const started =
      "until systemctl is-active --quiet docker; do sleep 1; done; docker version --format {{.Server.Os}}";
    expect(await guest("timeout", "240", "sh", "-c", started)).toBe("linux");
  });

  it("comes back from the trash as it was", async () => {
    const { uuid, address, macs } = await info();
    await power("delete", NAME, "--yes", "--force");
    expect((await hutch.refused(["info", NAME])).fault).toMatchObject({
      code: "E_NOT_FOUND",
      next: expect.arrayContaining([`hutch recover ${NAME}`]),
    });
    await power("recover", NAME);
    expect(await info()).toMatchObject({
      uuid,
      address,
      macs,
      status: { power: "stopped" },
      record: { state: "made" },
    });
  });

  it("is gone without a trace once it is purged", async () => {
    await power("delete", NAME, "--yes");
    await power("purge", NAME, "--yes");
    expect(await look()).toEqual(before);
    expect((await readdir(join(lane.root, "log/qemu"))).filter((name) => name.startsWith("hutch-"))).toEqual([]);
  });
});

describe("user-data that fails", () => {
  const bad = "t-bad";
  const engine = ["engine", "install", "docker", bad];
  let mirror: string;
  let server: Running | undefined;
  const stopServer = async () => {
    server?.kill("SIGKILL");
    await server?.done;
  };
  afterAll(stopServer);

  it("is told with its module and its lines, and never called ready", { timeout: BOOT_MS }, async () => {
    const userData = join(lane.root, "user-data.yaml");
    await writeFile(userData, "#cloud-config\nruncmd:\n- [sh, -c, 'echo no such luck; exit 3']\n");
    const bridge = `bridge=virbr0,ip=${STATIC}/24,gw=192.168.122.1,dns=192.168.122.1`;
    const words = [
      "launch",
      "debian-13",
      "--name",
      bad,
      "--memory",
      "1G",
      "--cloud-init",
      userData,
      "--network",
      bridge,
    ];
    const { code, stdout, fault } = await hutch.refused(words);
    expect({ code, stdout }).toEqual({ code: 9, stdout: "" });
    expect(fault).toMatchObject({
      code: "E_GUEST",
      message: expect.stringMatching(/^cloud-init failed in t-bad: .*scripts.user/),
      details: {
        modules: [expect.stringMatching(/scripts.user/)],
        log: expect.arrayContaining([expect.stringMatching(/runcmd/)]),
      },
      next: expect.arrayContaining([`hutch logs ${bad} --cloud-init`]),
    });
    expect((await hutch.run(["logs", bad, "--cloud-init"])).stdout).toContain("no such luck");
    const again = await hutch.refused(["wait", bad, "--for", "ready"]);
    expect(again).toMatchObject({ code: 9, fault: { message: fault.message } });
    const { machine } = await hutch.json<{ machine: MachineInfo }>(["info", bad]);
    expect(machine.record).toMatchObject({ state: "made", cloudInit: { state: "failed" } });
    expect(machine.status.power).toBe("running");
  });

  it("does not keep a VM from its static address on a bridge of the host", async () => {
    const { machine } = await hutch.json<{ machine: MachineInfo }>(["info", bad]);
    expect(machine).toMatchObject({ address: STATIC, addresses: [{ address: STATIC }] });
    const shown = (await hutch.run(["exec", bad, "--", "ip", "-4", "-o", "address", "show", "scope", "global"])).stdout;
    expect(shown).toContain(`inet ${STATIC}/24`);
    expect(shown).not.toContain("dynamic");
    const { stdout: route } = await hutch.run(["exec", bad, "--", "ip", "route", "show", "default"]);
    expect(route).toMatch(/^default via 192\.168\.122\.1 .*proto static/);
  });

  it("has no containers while it has no engine, and no engine is no error", async () => {
    const { report } = await containers(bad);
    expect(report).toEqual({ name: bad, engine: null, docker: ["docker"], containers: [], total: 0 });
  });

  it("Docker's own repository is refused when its key is not the expected one", { timeout: 300_000 }, async () => {
    const repository = await makeAptRepository(join(lane.root, "repository"));
    server = lane.spawn([process.execPath, SERVE, repository.folder, BRIDGE_ADDRESS], { timeoutMs: BOOT_MS });
    const [line] = await once(server.child.stdout, "data");
    mirror = String(line).trim();
    const { code, fault } = await hutch.refused([...engine, "--mirror", mirror]);
    expect(code).toBe(9);
    expect([fault.message, fault.why].join(" ")).toMatch(/key.*is not the one expected.*nothing is installed/s);

    await mkdir(join(lane.env["XDG_CONFIG_HOME"] ?? "", "hutch"), { recursive: true });
    const config = join(lane.env["XDG_CONFIG_HOME"] ?? "", "hutch/config.yaml");
    await writeFile(config, `engine:\n  mirrorKey: ${repository.fingerprint}\n`);
  });

  it("Docker is installed from its own repository where the guest reaches that", { timeout: BOOT_MS }, async () => {
    const { engines } = await hutch.json<{ engines: EngineStatus[] }>([...engine, "--mirror", mirror]);
    expect(engines).toMatchObject([{ name: bad, installed: true, running: true, enabled: true }]);
    expect(engines[0]?.engine?.source).toContain("own");
    const policy = await hutch.run(["exec", bad, "--", "apt-cache", "policy", "docker-ce"]);
    expect(policy.stdout).toMatch(/Installed: 5:99\.0\.0-1/);
    expect(policy.stdout).toContain(mirror);
  });

  it("the VM goes without a trace too", async () => {
    await hutch.json(["delete", bad, "--purge", "--force", "--yes"]);
    await stopServer();
    expect(await look()).toEqual(before);
  });
});
