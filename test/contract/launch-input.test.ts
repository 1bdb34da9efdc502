import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ErrorCode, HutchError } from "../../src/core/errors.ts";
import type { LaunchRequest } from "../../src/core/requests.ts";
import { findMachine } from "../../src/host/machines.ts";
import { type Context, openContext } from "../../src/usecases/context.ts";
import { installEngine } from "../../src/usecases/engine-install.ts";
import { launch, plan } from "../../src/usecases/launch.ts";
import { blankVm } from "../support/blank-vm.ts";

const qemuImg = (...args: string[]) => promisify(execFile)("qemu-img", args);

let folder: string;
let ctx: Context;
let untouched: unknown;

const file = (name: string) => join(folder, name);

/** What a launch could leave behind, as far as the test driver keeps any of it. */
async function look() {
  const { client } = ctx;
  const domains = (await client.call("domain.list", {})).map(({ name, state }) => ({ name, state }));
  const volumes = (await client.call("volume.list", { pool: "hutch" })).map(({ name }) => name).sort();
  return { domains, volumes, journals: readdirSync(ctx.paths.journal), hosts: readdirSync(ctx.paths.knownHosts) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-input-"));
  await qemuImg("create", "-q", "-f", "qcow2", file("blank.qcow2"), "1M");
  // Larger than what an empty image's header would hold, so that cutting it takes content away.
  await qemuImg("create", "-q", "-f", "raw", file("full.raw"), "4M");
  await writeFile(file("full.raw"), Buffer.alloc(4 * 1024 ** 2, 7));
  await qemuImg("convert", "-O", "qcow2", file("full.raw"), file("truncated.qcow2"));
  await truncate(file("truncated.qcow2"), 2 * 1024 ** 2);
  await qemuImg("create", "-q", "-f", "qcow2", file("large.qcow2"), "64M");
  await writeFile(file("blank.qcow2.gz"), gzipSync(await readFile(file("blank.qcow2"))));
  await writeFile(file("garbage.qcow2"), "<!doctype html><title>404 Not Found</title>".repeat(200));
  await writeFile(file("empty.qcow2"), "");
  ctx = await openContext({ uri: "test:///default", env: { HOME: file("home") } });
  // The pool, which stays, and proof that the order is good until a case spoils it.
  await launch(ctx, { ...blankVm("good", file("blank.qcow2")), start: false }).result;
});
afterAll(async () => {
  await ctx?.client.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  untouched = await look();
});

type Refusal = { readonly code: ErrorCode; readonly exit: number; readonly message: RegExp; readonly next?: RegExp };

/** Refused with these words, and nothing made. */
async function expectRefused(request: Partial<LaunchRequest>, { code, exit, message, next }: Refusal) {
  const order = { ...blankVm("t-bad", file("blank.qcow2")), ...request };
  // A bad name is refused before there is an operation.
  const fault: unknown = await (async () => launch(ctx, order).result)().catch((error: unknown) => error);
  if (!(fault instanceof HutchError)) throw new Error(`It was not refused: ${String(fault)}`);
  expect({ code: fault.code, exit: fault.exitCode }).toEqual({ code, exit });
  expect([fault.message, fault.why].join(" ")).toMatch(message);
  if (next !== undefined) expect(fault.next.join("\n")).toMatch(next);
  expect(fault.left).toEqual([]);
  expect(await look()).toEqual(untouched);
}

describe("the name", () => {
  it.each(["../x", "1web", "-web", "web_1", "web.lan", "a b", "", "x".repeat(64), "wéb"])("%j is refused", (name) =>
    expectRefused({ name }, { code: "E_USAGE", exit: 2, message: /cannot be a VM's name/, next: /web-1/ }),
  );

  it("of a VM that is there already is refused", () =>
    expectRefused(
      { name: "good" },
      { code: "E_CONFLICT", exit: 5, message: /named good already/, next: /hutch info good\nhutch start good\n/ },
    ));

  it("of a VM that others made is refused, and said to be theirs", () =>
    expectRefused(
      { name: "test" },
      {
        code: "E_CONFLICT",
        exit: 5,
        message: /named test already.*not made by hutch/s,
        next: /^hutch info test\nChoose/,
      },
    ));
});

describe("the login user", () => {
  it.each([
    ["root", /^--set user=root: root logs in nowhere/],
    ["My User", /^--set 'user=My User': .*small letters/],
  ])("%s is refused", (user, message) =>
    expectRefused({ user }, { code: "E_USAGE", exit: 2, message, next: /^Write it like --set user=hutch$/ }),
  );
});

describe("the image", () => {
  it("that is unknown is refused with near names", () =>
    expectRefused(
      { image: "debain-13" },
      { code: "E_NOT_FOUND", exit: 4, message: /no image "debain-13"/, next: /Did you mean debian-13\?/ },
    ));

  it("whose file is not there is refused", () =>
    expectRefused(
      { image: "./no-such.qcow2" },
      { code: "E_NOT_FOUND", exit: 4, message: /no image file/, next: /hutch image/ },
    ));

  it.each(["garbage", "empty", "truncated"])("whose file is %s is refused", (name) =>
    expectRefused({ image: file(`${name}.qcow2`) }, { code: "E_IMAGE", exit: 8, message: new RegExp(name), next: /./ }),
  );

  it.each(["garbage", "empty", "truncated"])("whose file is %s is refused before the name is claimed", async (name) => {
    const order = blankVm("t-early", file(`${name}.qcow2`));
    const launching = launch(ctx, order);
    const steps: string[] = [];
    for await (const event of launching) if (event.k === "step.begin") steps.push(event.step);
    await expect(launching.result).rejects.toMatchObject({ code: "E_IMAGE" });
    expect(steps).toEqual(["check"]);
    await expect(plan(ctx, order)).rejects.toMatchObject({ code: "E_IMAGE" });
  });

  it("that is a file larger than the disk is refused before the name is claimed", () =>
    expect(plan(ctx, { ...blankVm("t-small", file("large.qcow2")), diskBytes: 8 * 1024 ** 2 })).rejects.toMatchObject({
      code: "E_USAGE",
      message: "--disk 8 MiB is smaller than the image large.qcow2, which needs 64 MiB.",
      next: ["Give it at least --disk 64M"],
    }));

  it("that has to be unpacked is not judged before it is", async () => {
    await expect(plan(ctx, blankVm("t-packed", file("blank.qcow2.gz")))).resolves.toMatchObject({ notes: [] });
  });

  it("that is a folder is refused", () =>
    expectRefused({ image: file("home/") }, { code: "E_USAGE", exit: 2, message: /home\/ is a folder/, next: /^ls / }));
});

describe("the user-data", () => {
  it.each([
    ["that is no YAML", "#cloud-config\nruncmd: [a, b\n", /line \d+/],
    ["with a tab", "#cloud-config\nusers:\n\t- name: x\n", /line 3/],
    ["that says nothing of its kind", "packages: [htop]\n", /#cloud-config/],
    ["that is a list", "#cloud-config\n- a\n- b\n", /./],
  ])("%s is refused before anything is made", (_, userData, message) =>
    expectRefused({ userData }, { code: "E_INVALID", exit: 3, message, next: /--dry-run/ }),
  );

  it("with a slip that cloud-init would pass over is warned of, in the plan too", async () => {
    const order = { ...blankVm("t-slip", file("blank.qcow2")), userData: "#cloud-config\npackage: [htop]\n" };
    const { notes } = await plan(ctx, order);
    expect(notes).toContain('User-data: line 2: cloud-init knows no "package"; did you mean "packages"?');
  });
});

describe("the sizes", () => {
  it.each([
    ["no CPU", { cpus: 0 }, /--cpus 0/],
    ["half a CPU", { cpus: 1.5 }, /--cpus 1.5/],
    ["a thousand CPUs", { cpus: 1000 }, /--cpus 1000: this host has/],
    ["too little memory", { memoryMiB: 8 }, /--memory 8M/],
    ["more memory than the host has", { memoryMiB: 2 ** 40 }, /this host has/],
    ["memory that is no number", { memoryMiB: Number.NaN }, /--memory/],
    ["no disk", { diskBytes: 0 }, /--disk 0/],
    ["a disk past every limit", { diskBytes: 2 ** 60 }, /16 TiB/],
    ["a data disk of nothing", { dataDiskBytes: [0] }, /--data-disk/],
  ] as const)("%s is refused", (_, request, message) => expectRefused(request, { code: "E_USAGE", exit: 2, message }));
});

describe("the network", () => {
  it("that is not there is refused with those that are", () =>
    expectRefused(
      { network: { kind: "network", network: "defualt" } },
      { code: "E_NOT_FOUND", exit: 4, message: /no network "defualt"/, next: /Did you mean "default"\?/ },
    ));

  it("as a bridge that is not there is refused", () =>
    expectRefused(
      { network: { kind: "bridge", bridge: "br-none" } },
      { code: "E_NOT_FOUND", exit: 4, message: /no bridge "br-none"/, next: /ip link/ },
    ));

  it("with ports to publish where a VM has an address of its own is refused", () =>
    expectRefused(
      { publish: [{ protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 20_080, guestPort: 80 }] },
      { code: "E_USAGE", exit: 2, message: /--publish/ },
    ));
});

describe("the keys", () => {
  it("that are neither a key nor a file are refused", () =>
    expectRefused({ sshKeys: ["nonsense"] }, { code: "E_INVALID", exit: 3, message: /--ssh-key/, next: /\.pub/ }));
});

describe("the engine", () => {
  it("that nobody knows is refused before anything is made", () =>
    expectRefused({ engine: "dcoker" }, { code: "E_USAGE", exit: 2, message: /no engine "dcoker"/, next: /docker/ }));

  it("from a mirror that is none is refused before any guest is touched", async () => {
    const { record } = await findMachine(ctx.client, "good");
    await expect(installEngine(ctx, "docker", ["good"], { mirror: "nonsense" }).result).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringContaining('no mirror "nonsense"'),
      next: ["hutch engine recipes"],
    });
    expect((await findMachine(ctx.client, "good")).record).toEqual(record);
  });
});
