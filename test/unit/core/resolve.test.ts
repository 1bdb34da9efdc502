import { describe, expect, it } from "vitest";
import { isHutchError } from "../../../src/core/errors.ts";
import { macOf } from "../../../src/core/mac.ts";
import {
  assertPossible,
  assertSizes,
  resolveSpec,
  type SpecGround,
  usesForwards,
} from "../../../src/core/machine/resolve.ts";
import { isActive, statusOf } from "../../../src/core/machine/status.ts";
import type { LaunchRequest } from "../../../src/core/requests.ts";

const GIB = 1024 ** 3;
const ground: SpecGround = {
  name: "web",
  user: "ada",
  sshKeys: ["ssh-ed25519 AAAA ada"],
  image: "debian-13",
  arch: "x86_64",
  userNetworking: false,
};
const limits = { cpus: 2, memoryBytes: 8 * GIB };

function problemsOf(request: LaunchRequest, userNetworking = false, leadsPorts = false): string {
  try {
    assertPossible(resolveSpec(request, ground), limits, userNetworking, leadsPorts);
    return "";
  } catch (error) {
    if (!isHutchError(error)) throw error;
    expect(error.exitCode).toBe(2);
    expect(error.next).not.toEqual([]);
    return `${error.message} ${error.why ?? ""}`;
  }
}

describe("an order", () => {
  it("gets every default that it does not name", () => {
    expect(resolveSpec({}, ground)).toMatchObject({
      image: "debian-13",
      cpus: 2,
      memoryMiB: 2048,
      diskBytes: 20 * GIB,
      engine: null,
      network: { kind: "default" },
      accel: "auto",
    });
  });

  it("keeps what it names", () => {
    expect(resolveSpec({ image: "debian-12", cpus: 4, engine: "docker", user: "bob" }, ground)).toMatchObject({
      image: "debian-12",
      cpus: 4,
      engine: "docker",
      user: "bob",
    });
  });

  it("is possible as it comes", () => {
    expect(problemsOf({})).toBe("");
  });

  it.each([
    ["no CPU", { cpus: 0 }, "at least 1"],
    ["half a CPU", { cpus: 1.5 }, "whole number"],
    ["far more CPUs than there are", { cpus: 17 }, "this host has 2"],
    ["no memory", { memoryMiB: 0 }, "at least 64M"],
    ["more memory than there is", { memoryMiB: 9 * 1024 }, "--memory 9 GiB: this host has 8 GiB in all"],
    ["memory that is no number", { memoryMiB: Number.NaN }, "at least 64M"],
    ["a negative disk", { diskBytes: -1 }, "at least 1M"],
    ["a disk too large to address", { diskBytes: 17 * 1024 * GIB }, "--disk 17 TiB: a disk can have 16 TiB at most"],
    ["too many disks", { dataDiskBytes: Array.from({ length: 25 }, () => GIB) }, "24 is the most"],
  ])("with %s is refused", (_, request, words) => {
    expect(problemsOf(request)).toContain(words);
  });

  it("is told every problem at once", () => {
    const said = problemsOf({ cpus: 0, memoryMiB: 1, diskBytes: 0 });
    for (const word of ["--cpus", "--memory", "--disk"]) expect(said).toContain(word);
  });

  it("that cannot be is told what can", () => {
    const refused = () => assertPossible(resolveSpec({ cpus: 99, memoryMiB: 1, diskBytes: 1 }, ground), limits, false);
    expect(refused).toThrow(
      expect.objectContaining({
        next: ["--cpus 2", "--memory 2048M", "--disk 20G"].map((each) => `Write it like ${each}`),
      }),
    );
  });

  it("may publish ports on user-mode networking only, each once", () => {
    const publish = [{ protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 8080, guestPort: 80 }] as const;
    expect(problemsOf({ publish }, true)).toBe("");
    expect(problemsOf({ publish })).toContain("user-mode networking only");
    expect(problemsOf({ publish }, false, true)).toBe("");
    expect(problemsOf({ publish: [...publish, ...publish] }, true)).toContain("given twice");
    expect(usesForwards({ network: { kind: "user" } }, false)).toBe(true);
    expect(usesForwards({ network: { kind: "bridge", bridge: "br0" } }, true)).toBe(false);
  });
});

describe("a change of sizes", () => {
  const refused = (sizes: Parameters<typeof assertSizes>[0]) => {
    try {
      assertSizes(sizes, limits);
      return null;
    } catch (error) {
      return isHutchError(error) ? error.message : error;
    }
  };

  it("is refused in the words that set takes", () => {
    expect(refused({ memoryMiB: 9 * 1024 })).toBe("memory=9 GiB: this host has 8 GiB in all.");
    expect(refused({ cpus: 17 })).toMatch(/^cpus=17: this host has 2;/);
    expect(refused({ diskBytes: 17 * 1024 * GIB })).toBe("disk=17 TiB: a disk can have 16 TiB at most.");
    expect(refused({ cpus: 2, memoryMiB: 1024, diskBytes: GIB })).toBeNull();
  });
});

describe("the MAC of a VM", () => {
  it("is a unicast address of QEMU's, and follows from the UUID", () => {
    expect(macOf("0b1c7c0e-6d0e-4b0e-9a55-0a1a5b6c7d8e")).toBe("52:54:00:6c:7d:8e");
  });
});

describe("a state of libvirt's", () => {
  it.each([
    [1, 1, "running", "booted", true],
    [3, 5, "paused", "I/O error", true],
    [5, 2, "stopped", "destroyed", false],
    [5, 5, "saved", "saved", false],
    [6, 1, "crashed", "panicked", false],
    [42, 0, "unknown", "", false],
  ])("%i/%i is %s (%s)", (state, reason, power, words, active) => {
    const status = statusOf(state, reason, true);
    expect(status).toMatchObject({ power, reason: words });
    expect(isActive(status)).toBe(active);
  });
});
