import { describe, expect, it } from "vitest";
import { HutchError } from "../../../src/core/errors.ts";
import { failed, finished, hutch, machine } from "./stand-in.ts";

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
