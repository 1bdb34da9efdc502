/**
 * Ports that systemd leads into a VM on a network, in a lane where systemd seems to run the host: there systemctl works on
 * files alone, and what it would run is run here.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PortRow } from "../../src/core/enter.ts";
import type { DoctorReport } from "../../src/core/requests.ts";
import type { SettingsResult } from "../../src/core/vm-settings.ts";
import type { MachineView, PowerResult } from "../../src/index.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { killedEverywhere } from "../support/killed.ts";
import type { Running } from "../support/lane.ts";
import { type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";

const NAME = "t-led";
/** The point of a launch that is not started at which its ports are led. */
const LED = 19;
const UNITS = "/etc/systemd/system";

let ground: LaunchGround;
let hutch: HutchCli;
let units: string;

beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
  const { lane } = ground;
  units = join(lane.root, "units");
  await mkdir(units);
  await mkdir(join(lane.root, "run/systemd/system"), { recursive: true });
  // In the lane's own mount namespace.
  const mounted = await lane.exec(["sh", "-c", `mkdir -p /run/systemd/system && mount --bind ${units} ${UNITS}`]);
  expect(mounted.code, mounted.stderr).toBe(0);
  hutch = hutchIn({
    ...lane,
    hutch: (args, options = {}) => lane.hutch(args, { ...options, env: { ...options.env, SYSTEMD_OFFLINE: "1" } }),
  });
});
afterAll(async () => ground?.[Symbol.asyncDispose]());
afterEach(async () => {
  for (const { name } of (await hutch.json<{ machines: MachineView[] }>(["list", "--all"])).machines)
    await hutch.json(["delete", name, "--purge", "--force", "--yes"]);
  expect(await written()).toEqual([]);
});

const { image: _, waitFor: _running, ...SIZES } = blankVm(NAME, "");
const make = (...more: string[]) => {
  const sizes = ["--cpus", `${SIZES.cpus}`, "--memory", "64M", "--disk", "16M", "--accel", "tcg"];
  return ["create", ground.image, "-n", NAME, ...sizes, ...more];
};
/** Every file and link below the units. */
const written = async () =>
  (await readdir(units, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "UUID"))
    .sort();
const unitOf = async (ending: string) => {
  const name = (await readdir(units)).find((file) => file.endsWith(ending));
  return readFile(join(units, name ?? "none"), "utf8");
};
const unitTexts = async () =>
  Promise.all(
    (await readdir(units))
      .filter((file) => /\.\w+$/.test(file))
      .sort()
      .map((file) => Promise.all([file, readFile(join(units, file), "utf8").catch(() => "a folder")])),
  );
const PAIR = (port: number) => [
  `hutch-forward-UUID-${port}.service`,
  `hutch-forward-UUID-${port}.socket`,
  `hutch-forward-UUID-${port}.socket`,
];

describe("ports into a VM on a network", () => {
  it("are units that systemd has enabled, at the address that is kept, until they are closed", async () => {
    await hutch.json(make());
    await hutch.json(["port", "add", NAME, "21080:80", "127.0.0.1:21022:22"]);
    expect(await written()).toEqual([...PAIR(21_022), ...PAIR(21_080)]);
    const { machine } = await hutch.json<{ machine: MachineView }>(["info", NAME]);
    expect(machine.record?.address).toMatch(/^192\.168\.122\./);
    expect(await unitOf("-21080.service")).toContain(` ${machine.record?.address}:80\n`);
    expect(await unitOf("-21080.socket")).toContain("ListenStream=127.0.0.1:21080\n");
    const { ports } = await hutch.json<{ ports: PortRow[] }>(["port", "ls", NAME]);
    expect(ports.map(({ guestPort, purpose }) => [guestPort, purpose])).toEqual([
      [80, "published"],
      [22, "published"],
    ]);
    await hutch.json(["port", "rm", NAME, "21080"]);
    expect(await written()).toEqual(PAIR(21_022));
    await hutch.json(["set", NAME, "publish=21081:81"]);
    expect(await written()).toEqual([...PAIR(21_022), ...PAIR(21_081)]);
    const again = await hutch.json<SettingsResult>(["set", NAME, "publish=21081:81"]);
    expect(again.changes).toEqual([]);
  });

  it("are there from birth where they are asked for, and go with a purge", async () => {
    await hutch.json(make("-p", "21080:80"));
    expect(await written()).toEqual(PAIR(21_080));
    await hutch.json<{ results: PowerResult[] }>(["delete", NAME]);
    expect(await written()).toEqual(PAIR(21_080));
    await hutch.json(["purge", NAME, "--yes"]);
  });

  it("really lead there, as those units say", async () => {
    await hutch.json(make("-p", "21080:80"));
    const listen = /ListenStream=(.*)/.exec(await unitOf(".socket"))?.[1] ?? "";
    const [proxy = "", target = ""] = /ExecStart=(.*)/.exec(await unitOf(".service"))?.[1]?.split(" ") ?? [];
    const { lane } = ground;
    const children: Running[] = [];
    try {
      // The VM is off: what answers at its address is here, on loopback of the lane.
      const address = target.replace(/:80$/, "");
      expect((await lane.exec(["ip", "address", "add", `${address}/32`, "dev", "lo"])).code).toBe(0);
      const echo = `require("node:net").createServer((s) => s.pipe(s)).listen(80, "${address}")`;
      children.push(lane.spawn([process.execPath, "-e", echo]));
      children.push(lane.spawn(["systemd-socket-activate", "-l", listen, proxy, target]));
      const ask = `exec 3<>/dev/tcp/127.0.0.1/21080 && echo hello >&3 && head -n 1 <&3`;
      const heard = async () => (await lane.exec(["timeout", "5", "bash", "-c", ask])).stdout;
      await expect.poll(heard, { timeout: 30_000 }).toBe("hello\n");
      expect(await heard()).toBe("hello\n");
      await lane.exec(["ip", "address", "del", `${address}/32`, "dev", "lo"]);
    } finally {
      for (const child of children) child.kill("SIGKILL");
    }
  });

  it("are refused when they cannot be, and nothing is written", async () => {
    await hutch.json(make());
    const refused = async (...words: string[]) => (await hutch.refused(words)).fault;
    expect(await refused("port", "add", NAME, "21053:53/udp")).toMatchObject({ code: "E_USAGE" });
    expect(await refused("port", "rm", NAME, "9")).toMatchObject({ code: "E_NOT_FOUND" });
    await hutch.json(["port", "add", NAME, "21080:80"]);
    const taken = await refused("create", ground.image, "-n", "t-led-2", "--disk", "16M", "-p", "21080:80");
    expect(taken).toMatchObject({ code: "E_CONFLICT", why: expect.stringContaining(NAME) });
    expect(await refused(...make("-p", "21053:53/udp").with(3, "t-led-3"))).toMatchObject({ code: "E_USAGE" });
    expect(await written()).toEqual(PAIR(21_080));
  });

  it("are taken back where systemd refuses, and what they were for with them", async () => {
    const obstacle = join(units, "sockets.target.wants");
    await rm(obstacle, { recursive: true, force: true });
    await writeFile(obstacle, "");
    try {
      const launched = await hutch.refused(make("-p", "21080:80"));
      expect(launched).toMatchObject({ code: 6, fault: { why: expect.stringContaining("Not a directory") } });
      expect(launched.fault.left ?? []).toEqual([]);
      expect((await hutch.refused(["info", NAME])).fault.code).toBe("E_NOT_FOUND");
      await hutch.json(make());
      expect((await hutch.refused(["port", "add", NAME, "21080:80"])).code).toBe(6);
      expect((await hutch.json<{ ports: PortRow[] }>(["port", "ls", NAME])).ports).toEqual([]);
      expect(await written()).toEqual(["sockets.target.wants"]);
    } finally {
      await rm(obstacle);
    }
  });

  it("that were left behind by a VM which something else undefined are found and closed by the doctor", async () => {
    const doctor = async (...words: string[]) => (await hutch.run(["doctor", ...words, "-o", "json"])).stdout;
    const forwarders = (report: string) =>
      (JSON.parse(report) as { report: DoctorReport }).report.checks.find(({ id }) => id === "forwarders");
    await hutch.json(make("-p", "21080:80", "-p", "21081:81"));
    expect(forwarders(await doctor())).toMatchObject({ state: "ok" });
    await hutch.json(make("-p", "21022:22").with(3, "t-led-2"));
    // As others do: hutch closes its ports itself.
    const undefined_ = await ground.lane.exec(["virsh", "undefine", NAME, "--remove-all-storage"]);
    expect(undefined_.code, undefined_.stderr).toBe(0);
    expect(forwarders(await doctor())).toMatchObject({
      state: "warn",
      found: "21080, 21081 lead into a VM that is gone",
      fix: ["hutch doctor --fix"],
    });
    const fixed = await doctor("--fix");
    expect(JSON.parse(fixed)).toMatchObject({
      report: { fixed: ["closed the ports 21080, 21081, which led into a VM that is gone"] },
    });
    expect(forwarders(fixed)).toMatchObject({ state: "ok" });
    expect(await written()).toEqual(PAIR(21_022));
    await hutch.json(["delete", "t-led-2"]);
    expect(forwarders(await doctor("--fix"))).toMatchObject({ state: "ok" });
    expect(await written()).toEqual(PAIR(21_022));
    await hutch.json(["purge", "t-led-2", "--yes"]);
  });

  it.each(["publish", "close"] as const)(
    "are as before when hutch is killed at any point, once the doctor was there (%s)",
    {
      timeout: 240_000,
    },
    async (verb) => {
      await hutch.json(make(...(verb === "close" ? ["-p", "21080:80"] : [])));
      const back = { publish: ["port", "rm", NAME, "21080"], close: ["port", "add", NAME, "21080:80"] };
      await killedEverywhere(ground, { verb, name: NAME, again: () => hutch.json(back[verb]), beside: unitTexts });
    },
  );

  it("are gone with the launch that was killed while it led them", { timeout: 120_000 }, async () => {
    const again = () => hutch.json(["delete", NAME, "--purge", "--yes"]);
    await killedEverywhere(ground, { verb: "lead", name: NAME, again, beside: unitTexts, from: LED - 2 });
    expect(await written()).toEqual([]);
    expect(await ground.child("lead", NAME, LED)).toBe("killed");
    expect(await written()).toEqual(PAIR(21_080));
    expect(await ground.child("lead", NAME)).toMatchObject({ exitCode: 0 });
    expect(await written()).toEqual(PAIR(21_080));
  });

  it("need an address that is kept", async () => {
    await ground.lane.exec(["ip", "link", "add", "t-lan", "type", "bridge"]);
    await hutch.json(make("--network", "bridge=t-lan"));
    const added = await hutch.refused(["port", "add", NAME, "21080:80"]);
    expect(added.fault).toMatchObject({ code: "E_CONFLICT", message: expect.stringContaining("No address is kept") });
    const asked = make("-p", "21080:80", "--network", "bridge=t-lan").with(3, "t-led-2");
    expect((await hutch.refused(asked)).fault).toMatchObject({ code: "E_CONFLICT" });
  });
});
