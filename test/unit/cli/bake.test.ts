import { describe, expect, it } from "vitest";
import type { BakedOrigin } from "../../../src/core/bake.ts";
import { HutchError } from "../../../src/core/errors.ts";
import type { ImageRow } from "../../../src/core/requests.ts";
import { failed, finished, hutch, machine } from "./stand-in.ts";

const ORIGIN: BakedOrigin = {
  kind: "baked",
  base: "debian-13",
  baseDigest: `sha256:${"0".repeat(64)}`,
  engine: "docker",
  packages: [],
  userData: null,
};
const ROW: ImageRow = {
  name: "debian-13",
  digest: `sha256:${"ab".repeat(32)}`,
  volume: "debian-13-abababababab.qcow2",
  bytes: 1,
  virtualBytes: 1,
  trust: "",
  arch: "x86_64",
  origin: null,
  addedAt: "2026-07-12T10:00:00.000Z",
  usedBy: [],
  inTrash: [],
  bakedFrom: [],
  stale: false,
};

describe("image bake", () => {
  it("makes an order of its flags", async () => {
    const argv = "image bake debian-13 --engine docker --packages git,htop --packages tree -n dev";
    const { code, stdout, calls } = await hutch(argv.split(" "));
    expect(code).toBe(0);
    expect(calls).toEqual([
      [
        "bake",
        {
          base: "debian-13",
          engine: "docker",
          name: "dev",
          packages: ["git", "htop", "tree"],
          buildIfUnreachable: false,
        },
      ],
    ]);
    expect(stdout).toMatch(/^Name +dev$/m);
  });

  it("names its own flag when the user-data cannot be read", async () => {
    const { code, stderr, calls } = await hutch("image bake debian-13 --user-data /nowhere.yaml -n x".split(" "));
    expect({ code, calls }).toEqual({ code: 3, calls: [] });
    expect(stderr).toContain("--user-data /nowhere.yaml: the user-data cannot be read.");
  });
});

describe("after a newer base came", () => {
  const baked = (name: string, change: Partial<BakedOrigin>, stale = true): ImageRow => ({
    ...ROW,
    name,
    stale,
    origin: { ...ORIGIN, ...change },
  });
  const stored = [
    baked("debian-13-docker", {}),
    baked("dev", { packages: ["git", "htop"] }),
    baked("own", { engine: null, userData: `sha256:${"1".repeat(64)}` }),
    baked("renewed", {}),
    baked("renewed", {}, false),
    baked("other", { base: "debian-12" }),
    baked("dev-more", { base: "dev", packages: ["vim"] }),
  ];
  const world = (bake: string) => ({
    images: stored,
    settings: [{ key: "bake", text: "", value: bake, from: "", places: [] }],
  });
  const pull = (bake: string, more = {}) => hutch(["image", "pull", "debian-13"], { ...world(bake), ...more });

  it("it is said what was baked from the older one, and how to renew it", async () => {
    const { code, stderr, calls } = await pull("offer");
    expect({ code, bakes: calls.filter(([verb]) => verb === "bake") }).toEqual({ code: 0, bakes: [] });
    expect(stderr.split("\n").filter((line) => line.includes("older"))).toEqual([
      "debian-13-docker was baked from an older debian-13. To renew it: hutch image bake debian-13 --engine docker --name debian-13-docker",
      "dev was baked from an older debian-13. To renew it: hutch image bake debian-13 --engine docker --packages git,htop --name dev",
      "own was baked from an older debian-13. To renew it: hutch image bake debian-13 --user-data FILE --name own",
    ]);
  });

  it("also when it came out of a file", async () => {
    const { code, stderr } = await hutch(["image", "import", "new.qcow2", "--name", "debian-13"], world("offer"));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("dev was baked from an older debian-13."),
    });
  });

  it("it is baked anew where the config file says so, but for what had a user-data", async () => {
    const { code, stdout, stderr, calls } = await pull("auto");
    const base = { base: "debian-13", engine: "docker" };
    expect({ code, bakes: calls.filter(([verb]) => verb === "bake") }).toEqual({
      code: 0,
      bakes: [
        ["bake", { ...base, packages: [], name: "debian-13-docker" }],
        ["bake", { ...base, packages: ["git", "htop"], name: "dev" }],
        ["bake", { base: "dev", engine: "docker", packages: ["vim"], name: "dev-more" }],
      ],
    });
    expect(stderr).toContain("Baked dev.");
    expect(stderr).toContain("own was baked from an older debian-13.");
    expect(stdout).toMatch(/^Name +debian-13$/m);
  });

  it("so is what was baked from it, when it was baked by hand", async () => {
    const { code, stderr } = await hutch(
      ["image", "bake", "debian-13", "--engine", "docker", "-n", "dev"],
      world("offer"),
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("dev-more was baked from an older dev."),
    });
  });

  it("a bake that fails is a warning", async () => {
    const { code, stderr } = await pull("auto", { baked: failed(new HutchError({ code: "E_GUEST", message: "No." })) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("debian-13 was not baked: No.") });
  });
});

describe("after a launch that installed its engine", () => {
  const launched = (auto: boolean) => ({
    hutch: {
      launch: () =>
        finished({
          machine: machine("web"),
          stages: [],
          warnings: [],
          bake: { base: "debian-13", engine: "docker", auto },
        }),
    },
  });

  it("it is said how to bake", async () => {
    const { code, stderr, calls } = await hutch(["launch", "--count", "2"], launched(false));
    expect({ code, calls }).toEqual({ code: 0, calls: [] });
    expect(stderr.match(/hutch image bake debian-13 --engine docker/g)).toHaveLength(1);
  });

  it("an image is baked where the config file says so, and is no part of the answer", async () => {
    const { code, stdout, stderr, calls } = await hutch(["launch", "-o", "json"], launched(true));
    expect({ code, calls }).toEqual({ code: 0, calls: [["bake", { base: "debian-13", engine: "docker" }]] });
    expect(stderr).toContain("Baked debian-13-docker; launch takes it by itself from now on.");
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, machine: { name: "web" } });
  });

  it("a bake that fails is a warning, for the VM is made; a cancel is a cancel", async () => {
    const fails = (code: "E_GUEST" | "E_CANCELLED") =>
      hutch(["launch"], { ...launched(true), baked: failed(new HutchError({ code, message: "No luck." })) });
    const { code, stderr } = await fails("E_GUEST");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("debian-13 was not baked: No luck.") });
    expect((await fails("E_CANCELLED")).code).toBe(130);
  });
});
