import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DoctorReport } from "../../src/core/requests.ts";
import { launch } from "../../src/usecases/launch.ts";
import { blankVm } from "../support/blank-vm.ts";
import { hutchIn } from "../support/hutch-cli.ts";
import { HUTCH, type Ran } from "../support/lane.ts";
import { type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";

const MIB = 1024 ** 2;
const POOL = "/var/lib/libvirt/images/hutch";
const NOBODY = 65_534;

let ground: LaunchGround;

/** What `-o json` says on stderr when hutch fails. */
const faultOf = ({ stderr }: Ran): unknown => JSON.parse(stderr.slice(stderr.lastIndexOf("\n{\n") + 1));

const image = async (name: string, bytes: Buffer) => {
  const raw = join(ground.lane.root, `${name}.raw`);
  await writeFile(raw, bytes);
  await promisify(execFile)("qemu-img", ["convert", "-O", "qcow2", raw, raw.replace(/raw$/, "qcow2")]);
  return raw.replace(/raw$/, "qcow2");
};

describe("a host that is short of something", () => {
  beforeAll(async () => {
    ground = await layLaunchGround();
  });
  afterAll(async () => ground?.[Symbol.asyncDispose]());

  it("of disk space in the pool: launch says so and takes everything back", async () => {
    const { lane } = ground;
    await lane.exec(["mkdir", "-p", POOL]);
    await lane.exec(["mount", "-t", "tmpfs", "-o", "size=8M", "tmpfs", POOL]);
    await useOnce(ground);
    const before = await ground.world();

    const large = await image("large", randomBytes(24 * MIB));
    const ctx = await ground.context();
    await expect(launch(ctx, { ...blankVm("t-full", large), diskBytes: 64 * MIB }).result).rejects.toMatchObject({
      code: "E_HOST",
      exitCode: 6,
      message: expect.stringContaining("no space"),
      next: expect.arrayContaining([expect.stringContaining("hutch image prune")]),
      left: [],
    });
    expect(await ground.world()).toEqual(before);
  });

  it("of room on the disk that was asked for: launch names the least size", async () => {
    const wide = join(ground.lane.root, "wide.qcow2");
    await promisify(execFile)("qemu-img", ["create", "-q", "-f", "qcow2", wide, "64M"]);
    // How large the disk in a packed file is, is known once it is unpacked.
    const packed = join(ground.lane.root, "wide.gz");
    await writeFile(packed, gzipSync(await readFile(wide)));
    const ctx = await ground.context();
    const order = { ...blankVm("t-narrow", packed), diskBytes: 16 * MIB };
    // The image itself stays, as every image does.
    await expect(launch(ctx, order).result).rejects.toMatchObject({ code: "E_USAGE" });
    const before = await ground.world();
    await expect(launch(ctx, order).result).rejects.toMatchObject({
      code: "E_USAGE",
      exitCode: 2,
      message: expect.stringMatching(/--disk 16 MiB is smaller than the image wide, which needs 64 MiB/),
      next: ["Give it at least --disk 64M"],
      left: [],
    });
    expect(await ground.world()).toEqual(before);
    // How large an image of the store is, is known before anything is made.
    const stored = launch(ctx, { ...order, image: "wide" });
    const steps: string[] = [];
    for await (const event of stored) if (event.k === "step.begin") steps.push(event.step);
    await expect(stored.result).rejects.toMatchObject({ code: "E_USAGE", next: ["Give it at least --disk 64M"] });
    expect(steps).toEqual(["check"]);
  });
});

describe("a host without the network default", () => {
  beforeAll(async () => {
    ground = await layLaunchGround();
  });
  afterAll(async () => ground?.[Symbol.asyncDispose]());

  it("says so before anything is made, and how to have it back", async () => {
    await useOnce(ground);
    await ground.lane.exec(["virsh", "--quiet", "net-destroy", "default"]);
    expect((await ground.lane.exec(["virsh", "--quiet", "net-undefine", "default"])).code).toBe(0);
    const before = await ground.world();
    const launched = launch(await ground.context(), {
      ...blankVm("t-lost", ground.image),
      network: { kind: "default" },
    });
    const steps: string[] = [];
    for await (const event of launched) if (event.k === "step.begin") steps.push(event.step);
    await expect(launched.result).rejects.toMatchObject({
      code: "E_HOST",
      message: "The network default is not defined.",
      next: expect.arrayContaining(["hutch doctor --fix"]),
    });
    expect(steps).toEqual(["check"]);
    expect(await ground.world()).toEqual(before);
  });
});

describe("a host that does not let hutch in", () => {
  beforeAll(async () => {
    ground = await layLaunchGround();
  });
  afterAll(async () => ground?.[Symbol.asyncDispose]());

  const list = [...HUTCH, "list", "-o", "json"];
  const doctor = async (before: readonly string[]) => {
    const { code, stdout } = await ground.lane.exec([...before, ...HUTCH, "doctor", "-o", "json"]);
    const { report } = JSON.parse(stdout) as { readonly report: DoctorReport };
    return { code, failed: report.checks.filter(({ state }) => state === "fail") };
  };

  it("without a daemon: what, why, next", async () => {
    const { lane } = ground;
    const socket = join(lane.root, "run/libvirt/libvirt-sock");
    await rename(socket, `${socket}.away`);
    const ran = await lane.exec(list);
    const found = await doctor([]);
    await rename(`${socket}.away`, socket);
    expect(ran.code).toBe(6);
    expect(faultOf(ran)).toMatchObject({
      v: 1,
      error: {
        code: "E_HOST",
        exitCode: 6,
        message: "libvirt's daemon does not answer.",
        why: expect.stringContaining("libvirt-sock"),
        next: expect.arrayContaining([expect.stringMatching(/libvirtd/)]),
      },
    });
    expect(found.failed.map(({ id }) => id)).toContain("daemon");
  });

  it("without permission: what, why, next", async () => {
    const { lane } = ground;
    await lane.exec(["chmod", "0700", "/run/libvirt/libvirt-sock"]);
    const nobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const ran = await lane.exec([...nobody, ...list, "--connect", "qemu:///system"], {
      env: { HOME: "/nonexistent" },
      cwd: "/",
    });
    expect(ran.code).toBe(6);
    expect(faultOf(ran)).toMatchObject({
      error: {
        code: "E_HOST",
        message: "libvirt does not let this user in.",
        why: expect.stringMatching(/permission denied/i),
        next: expect.arrayContaining([expect.stringContaining("usermod -aG libvirt")]),
      },
    });
  });

  it("to an image file: that is seen before anything is made", async () => {
    const nobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const home = await mkdtemp(join(tmpdir(), "hutch-nobody-"));
    await chown(home, NOBODY, NOBODY);
    const create = [
      ...HUTCH,
      "create",
      "/etc/shadow",
      "--name",
      "t-secret",
      "--connect",
      "test:///default",
      "-o",
      "json",
    ];
    const ran = await ground.lane.exec([...nobody, ...create], {
      env: { HOME: home, XDG_DATA_HOME: "", XDG_STATE_HOME: "", XDG_CACHE_HOME: "", XDG_CONFIG_HOME: "" },
      cwd: "/",
    });
    await rm(home, { recursive: true });
    expect(ran.code).toBe(3);
    expect(faultOf(ran)).toMatchObject({
      error: {
        code: "E_INVALID",
        message: "The image file /etc/shadow may not be read.",
        next: ["ls -l /etc/shadow: who may read it"],
      },
    });
    expect(ran.stderr).not.toContain("Undo");
  });

  it("without libvirt: what, and the package for each distribution; the doctor says the same", async () => {
    const { lane } = ground;
    // In a mount namespace of its own the library is an empty file.
    const empty = join(lane.root, "kvm");
    const { stdout } = await lane.exec([
      "sh",
      "-c",
      "readlink -f $(ldconfig -p | awk '/libvirt.so.0 /{print $NF}' | head -1)",
    ]);
    const hide = [
      "unshare",
      "--mount",
      "sh",
      "-c",
      'mount --bind "$0" "$1" && shift && exec "$@"',
      empty,
      stdout.trim(),
    ];
    const ran = await lane.exec([...hide, ...list]);
    expect(ran.code).toBe(6);
    expect(faultOf(ran)).toMatchObject({
      error: {
        code: "E_HOST",
        message: "libvirt is not installed here.",
        next: expect.arrayContaining([expect.stringContaining("apt install"), expect.stringContaining("dnf install")]),
      },
    });
    expect((await doctor(hide)).failed).toMatchObject([
      { id: "library", fix: expect.arrayContaining([expect.stringContaining("apt install")]) },
    ]);
  });
});

describe("the command line", () => {
  beforeAll(async () => {
    ground = await layLaunchGround();
    await useOnce(ground);
  });
  afterAll(async () => ground?.[Symbol.asyncDispose]());

  it.each([
    [
      "user-data that cannot be read",
      ["--cloud-init", "/nonexistent/user-data.yaml"],
      3,
      "E_INVALID",
      /user-data\.yaml/,
    ],
    ["user-data that is a folder", ["--cloud-init", "/"], 3, "E_INVALID", /\//],
    ["a size that is none", ["--memory", "lots"], 2, "E_USAGE", /--memory/],
    ["a flag that is none", ["--memroy", "1G"], 2, "E_USAGE", /--memroy/],
    ["a port that is none", ["--publish", "99999:80"], 2, "E_USAGE", /99999/],
    ["a name with a path in it", ["--name", "../x"], 2, "E_USAGE", /cannot be a VM's name/],
  ])("refuses %s before anything is made", async (_, words, exit, code, message) => {
    const before = await ground.world();
    const ran = await hutchIn(ground.lane).refused(["launch", ground.image, ...words]);
    expect({ exit: ran.code, code: ran.fault.code, next: (ran.fault.next ?? []).length > 0 }).toEqual({
      exit,
      code,
      next: true,
    });
    expect([ran.fault.message, ran.fault.why].join(" ")).toMatch(message);
    expect(ran.stdout).toBe("");
    expect(await ground.world()).toEqual(before);
  });

  it("refuses user-data on standard input that cloud-init would not read", async () => {
    const before = await ground.world();
    const ran = await hutchIn(ground.lane).refused(["launch", ground.image, "--name", "t-bad", "--cloud-init", "-"], {
      stdin: "#cloud-config\nusers: [\n",
    });
    expect({ exit: ran.code, code: ran.fault.code }).toEqual({ exit: 3, code: "E_INVALID" });
    expect(await ground.world()).toEqual(before);
  });

  it("undoes at the first Ctrl-C and ends with 130", async () => {
    const before = await ground.world();
    // It waits for an address that an empty disk never asks for.
    const words = ["launch", ground.image, "--name", "t-ctrlc", "--memory", "64M", "--disk", "16M", "--cpus", "1"];
    const running = ground.lane.spawn([...HUTCH, ...words, "-o", "ndjson"], { stdin: "" });
    await new Promise<void>((resolve) => {
      running.child.stdout.on("data", (text: string) => text.includes('"step":"address"') && resolve());
    });
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stdout).toMatch(/"k":"undo.begin"/);
    expect(stderr).toMatch(/E_CANCELLED/);
    expect(await ground.world()).toEqual(before);
    expect(await readdir(join(ground.lane.root, "home/.local/state/hutch/journal"))).toEqual([]);
  });
});
