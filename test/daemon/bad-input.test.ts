/** What people get wrong, by the bundled hutch on a private libvirtd: each has its exit code, its words, and changes nothing. */
import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingOperands } from "../../src/cli/command.ts";
import { TABLE } from "../../src/cli/commands/table.ts";
import type { LaunchResult, MachineInfo } from "../../src/core/requests.ts";
import { openConsole } from "../../src/usecases/console.ts";
import type { Context } from "../../src/usecases/context.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { HUTCH } from "../support/lane.ts";
import { type LaunchGround, layLaunchGround } from "../support/launch-ground.ts";
import { plainWorld } from "../support/plain-world.ts";

const SMALL = ["--cpus", "1", "--memory", "64M", "--disk", "16M", "--accel", "tcg"];
/** With all that a path may have in it. */
const ODD = "über 'quoted' \"doubly\" $HOME `x`\nnext 数";

let ground: LaunchGround;
let ctx: Context;
let hutch: HutchCli;
let home: string;
const look = async () => plainWorld(await ground.world());

beforeAll(async () => {
  ground = await layLaunchGround();
  ctx = await ground.context();
  hutch = hutchIn(ground.lane);
  home = ground.lane.env["HOME"] ?? "";
  for (const name of ["t-web", "t-run"]) await hutch.json(["create", ground.image, "--name", name, ...SMALL]);
  await hutch.json(["snapshot", "create", "t-web", "then"]);
  await hutch.json(["start", "t-run"]);
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

/** The flags before the words of a guest's command, which are the guest's. */
function asJson(argv: readonly string[]): readonly string[] {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return [...argv.slice(0, end), "--yes", "-o", "json", ...argv.slice(end)];
}

/** Every command that names a VM, with words for the rest of what it needs. */
const VERBS = (
  await Promise.all(
    TABLE.map(async ({ words, load }) => {
      const command = await load();
      const vm = command.operands.findIndex(({ of, syntax }) => of === "vm" && !syntax.startsWith("[filters"));
      if (vm === -1 || words[0] === "events") return [];
      const filler = missingOperands(command, []).map(({ of, syntax }) => {
        if (of === "vm") return "t-wbe";
        if (of === "engine") return "docker";
        if (syntax === "<settings...>") return "cpus=1";
        if (syntax === "<ports...>") return "8080:80";
        return syntax === "<disk>" ? "1G" : "x";
      });
      const operands = filler.includes("t-wbe") ? filler : ["t-wbe", ...filler];
      return [[...words, ...operands, ...(command.rest === undefined ? [] : ["--", "true"])]];
    }),
  )
)
  .flat()
  // Without a terminal they say so, whatever the VM.
  .filter(([verb]) => verb !== "edit" && verb !== "console");

describe("a VM that is not there", () => {
  it.each(VERBS.map((argv) => ({ argv })))("is not found, and near names are told: $argv", async ({ argv }) => {
    const [verb] = argv;
    const { code, stdout, stderr } = await hutch.run(asJson(argv));
    expect([code, stdout]).toEqual([verb === "exec" ? 125 : 4, ""]);
    expect(stderr).toContain('"E_NOT_FOUND"');
    expect(stderr).toMatch(/Did you mean \\"t-web\\"\?|t-web/);
  });
});

describe("a verb in the wrong state", () => {
  it.each([
    ["pause", "t-web"],
    ["resume", "t-web"],
    ["save", "t-web"],
    ["exec", "t-web", "--", "true"],
    ["shell", "t-web"],
    ["cp", "t-web:x", "."],
    ["logs", "t-web"],
    ["logs", "t-web", "--cloud-init"],
    ["stats", "t-web"],
    ["mount", "/tmp", "t-web:/x"],
    ["engine", "install", "docker", "t-web"],
    ["engine", "status", "t-web"],
    ["console-password", "t-web"],
    ["wait", "t-web"],
    ["rename", "t-run", "t-else"],
    ["clone", "t-run", "t-else"],
    ["export", "t-run"],
    ["purge", "t-web"],
    ["delete", "t-run", "--purge"],
    ["adopt", "t-web"],
  ])("is refused in words, with what to type: %s %s %s", async (...argv: string[]) => {
    const before = await look();
    const [verb] = argv;
    const { code, stderr } = await hutch.run(asJson(argv));
    expect(code, stderr).toBe(verb === "exec" ? 125 : 5);
    expect(stderr).toMatch(/"code": "E_CONFLICT"/);
    expect(stderr).toMatch(/"next": \[\s*"hutch /);
    expect(await look()).toEqual(before);
  });
});

it("refuses the console of a VM that is off, at once", () =>
  expect(openConsole(ctx, "t-web", { onData: () => undefined })).rejects.toMatchObject({
    code: "E_CONFLICT",
    exitCode: 5,
    message: "t-web is stopped: it has no console now.",
    next: ["hutch start t-web", "hutch logs t-web"],
  }));

it("waits for the console of a VM that was never started, and says so", async () => {
  const running = ground.lane.spawn([...HUTCH, "logs", "t-web", "-f"]);
  let said = "";
  for await (const chunk of running.child.stderr) {
    said += String(chunk);
    if (said.includes("\n")) break;
  }
  expect(said).toContain("t-web was never started here");
  running.kill("SIGINT");
  expect((await running.done).code).toBe(130);
});

describe("what cannot be", () => {
  it.each([
    [["set", "t-web", "disk=8M"], 2, "not made smaller"],
    [["set", "t-web", "cpus=10000"], 2, "cpus=10000: this host has"],
    [["set", "t-web", "memory=4000G"], 2, "memory=3.9 TiB: this host has"],
    [["set", "t-web", "colour=red"], 2, "colour"],
    [["create", "IMAGE", "--name", "t-big", "--memory", "4000G"], 2, "this host has"],
    [["create", "IMAGE", "--name", "t-big", "--cpus", "10000"], 2, "this host has"],
    [["create", "IMAGE", "--name", "t web"], 2, "t web"],
    [["create", "IMAGE", "--name", "t-web"], 5, "t-web"],
    [["snapshot", "create", "t-web", "then"], 5, "then"],
    [["snapshot", "restore", "t-web", "thne"], 4, "thne"],
    [["disk", "detach", "t-web", "vdz"], 4, "vdz"],
    [["import", "none.hutch.tar"], 4, "none.hutch.tar"],
    [["import", "noise.tar"], 3, "cannot be imported"],
    [["image", "import", "none.qcow2"], 4, "none.qcow2"],
    [["cp", "none", "t-run:"], 4, "none"],
    [["exec", "--agent", "t-run", "--", "true"], 125, "agent"],
  ] as const)("is refused and nothing is made: %j", async (argv, exit, said) => {
    await writeFile(join(home, "noise.tar"), Buffer.alloc(4096, 7));
    const before = await look();
    const words = argv.map((each) => (each === "IMAGE" ? ground.image : each));
    const { code, stderr } = await hutch.run(asJson(words), { cwd: home });
    expect(code, stderr).toBe(exit);
    expect(stderr).toContain(said);
    expect(await look()).toEqual(before);
  });
});

describe("a path with blanks, quotes, a newline and CJK in it", () => {
  const at = (...parts: string[]) => join(home, ODD, ...parts);

  it("is taken wherever a file or a folder is named", async () => {
    await mkdir(at());
    const image = at(`image ${ODD}.qcow2`);
    await promisify(execFile)("qemu-img", ["create", "-q", "-f", "qcow2", image, "1M"]);
    await writeFile(at("user 数.yaml"), "#cloud-config\nhostname: odd\n");
    await writeFile(
      at("key ' 数.pub"),
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfAnnKeyOfAnnKeyOfAnnKeyOfAnnKeyOfAn ann@desk\n",
    );
    const words = ["--name", "t-odd", ...SMALL, "--cloud-init", at("user 数.yaml"), "--ssh-key", at("key ' 数.pub")];
    const { machine } = await hutch.json<LaunchResult>(["create", image, ...words]);
    expect(machine.record?.spec.sshKeys).toContainEqual(expect.stringContaining("ann@desk"));

    // Relative to where one stands, too.
    const file = `out ${ODD}.tar`;
    await hutch.json(["export", "t-odd", file], { cwd: at() });
    expect(await readdir(at())).toContain(file);
    await hutch.json(["delete", "t-odd", "--purge", "--yes"]);
    expect((await hutch.json<{ machine: MachineInfo }>(["import", file], { cwd: at() })).machine.name).toBe("t-odd");

    await hutch.json(["image", "import", image, "--name", "odd"]);
    expect((await hutch.run(["image", "ls", "-o", "name"])).stdout).toContain("odd\n");
    await mkdir(at("pool"));
    await hutch.json(["pool", "add", "odd", at("pool")]);
    expect(await hutch.json(["pool", "info", "odd"])).toMatchObject({ pool: { path: at("pool") } });
  });

  it("is kept, and shown without moving a cursor, in what people write", async () => {
    const description = `${ODD} \u001b[2J`;
    await hutch.json(["set", "t-web", `description=${description}`]);
    const { machine } = await hutch.json<{ machine: MachineInfo }>(["info", "t-web"]);
    expect(machine.record?.description).toBe(description);
    const { stdout } = await hutch.run(["list", "--columns", "name,description"]);
    expect(stdout).not.toContain("\u001b");
    expect(stdout.split("\n").filter((line) => line.includes("t-web"))).toHaveLength(1);
  });

  it("is no obstacle in names that others gave", async () => {
    const name = "Büro \"x\" & 'y' 数";
    const xml = `<domain type="qemu"><name>Büro &quot;x&quot; &amp; 'y' 数</name><memory unit="MiB">16</memory>
      <os><type arch="x86_64" machine="q35">hvm</type></os></domain>`;
    await ctx.client.call("domain.define", { xml, validate: false });
    expect((await hutch.json<{ machine: MachineInfo }>(["info", name])).machine).toMatchObject({ name, record: null });
    expect(await hutch.refused(["delete", name, "--yes"])).toMatchObject({ code: 5 });
  });
});
