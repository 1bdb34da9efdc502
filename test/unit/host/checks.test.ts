import { describe, expect, it, vi } from "vitest";
import { LibvirtFault, VirErrorNumber } from "#ffi";
import { dropsGuests } from "../../../src/host/checks/docker-forward.ts";
import { runChecks } from "../../../src/host/checks/index.ts";
import { checkKvmDevice, fixKvmDevice, mayUse } from "../../../src/host/checks/kvm-device.ts";
import { fromFault } from "../../../src/host/faults.ts";
import { chooseHome } from "../../../src/host/home.ts";
import { pathsOf } from "../../../src/host/paths.ts";

const DOCKER = "-P INPUT ACCEPT\n-P FORWARD DROP\n-N DOCKER\n-N DOCKER-USER\n-A FORWARD -j DOCKER-USER";

describe("Docker's firewall", () => {
  it.each([
    ["none", "-P FORWARD ACCEPT", false],
    ["a strict host without Docker", "-P FORWARD DROP", false],
    ["Docker alone", DOCKER, true],
    ["Docker behind libvirt's own rules", `${DOCKER}\n-A FORWARD -j LIBVIRT_FWX`, false],
    ["Docker, told by hand", `${DOCKER}\n-A DOCKER-USER -i virbr0 -j ACCEPT`, false],
  ])("%s", (_, rules, drops) => {
    expect(dropsGuests(rules)).toBe(drops);
  });
});

describe("/dev/kvm", () => {
  const user = { name: "qemu", uid: 10, groups: [20, 21] };
  it.each([
    [0o600, 0, 0, false],
    [0o660, 0, 21, true],
    [0o660, 0, 0, false],
    [0o666, 0, 0, true],
    [0o600, 10, 0, true],
    [0o640, 0, 21, false],
  ])("mode %i of %i:%i", (mode, uid, gid, may) => {
    expect(mayUse({ mode, uid, gid }, user)).toBe(may);
  });
});

describe("/dev/kvm of another daemon", () => {
  it.each(["qemu+unix:///system?socket=/x/libvirt-sock", "qemu+ssh://host/system", "test:///default"])(
    "%s is neither judged nor changed",
    async (uri) => {
      const home = chooseHome({ uri, env: {}, uid: 0, groups: [] });
      const ctx = { home, paths: pathsOf({}, { uid: 0, home: "/root" }), client: null };
      expect(await checkKvmDevice(ctx)).toEqual([]);
      expect(await fixKvmDevice(ctx)).toBeNull();
    },
  );
});

describe("the round without libvirt", () => {
  const home = chooseHome({ uri: "qemu:///system", env: {}, uid: 1000, groups: [] });
  const paths = pathsOf({}, { uid: 1000, home: "/home/ann" });
  const round = (kind: "no-library" | "libvirt") => {
    const fault = new LibvirtFault({
      kind,
      fn: "virConnectOpen",
      message: "words",
      code: kind === "libvirt" ? VirErrorNumber.NO_CONNECT : 0,
      domain: 0,
      level: 2,
      errno: 0,
    });
    return runChecks({
      home,
      paths,
      client: null,
      fault: fromFault(fault, { uri: home.uri, systemd: false, isRoot: false }),
    });
  };

  it("names the library to install", async () => {
    const checks = await round("no-library");
    expect(checks.find(({ id }) => id === "library")).toMatchObject({
      state: "fail",
      fix: expect.arrayContaining([expect.stringContaining("apt install")]),
    });
  });

  it("names gpgv's package where it is missing, and its version where it is not", async () => {
    const signatures = async () => (await round("libvirt")).find(({ id }) => id === "image-signatures");
    expect(await signatures()).toMatchObject({ state: "ok", found: expect.stringMatching(/^gpgv .*\d/) });
    vi.stubEnv("PATH", "/nonexistent");
    try {
      expect(await signatures()).toMatchObject({
        state: "warn",
        found: expect.stringContaining("gpgv is not installed"),
        fix: [expect.stringContaining("apt install gpgv")],
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("names the daemon to start, and looks on", async () => {
    const checks = await round("libvirt");
    expect(checks.find(({ id }) => id === "library")?.state).toBe("ok");
    expect(checks.find(({ id }) => id === "daemon")).toMatchObject({
      state: "fail",
    });
    expect(checks.map(({ id }) => id)).toContain("kvm-device");
    const sudo = process.getuid?.() === 0 ? "" : "sudo ";
    expect(checks.find(({ id }) => id === "daemon")?.fix[0]).toBe(`${sudo}virtlogd -d && ${sudo}libvirtd -d`);
  });
});
