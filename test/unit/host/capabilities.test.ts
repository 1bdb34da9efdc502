import { describe, expect, it } from "vitest";
import { chooseAccel, chooseFirmware, type HostCapabilities, userNetworkKind } from "../../../src/host/capabilities.ts";
import type { Home } from "../../../src/host/home.ts";

const host: HostCapabilities = {
  driver: "QEMU",
  arch: "x86_64",
  cpus: 4,
  memoryBytes: 8 * 1024 ** 3,
  libVersion: 9_000_000,
  guests: [
    { arch: "x86_64", emulator: "/usr/bin/qemu-system-x86_64", types: ["qemu", "kvm"] },
    { arch: "aarch64", emulator: "/usr/bin/qemu-system-aarch64", types: ["qemu"] },
  ],
  cpuFlag: "vmx",
  cpuLevel: 3,
  externalSnapshots: false,
  uefi: true,
  tpm: false,
  virtiofs: false,
  userBackends: null,
};
const noFlag: HostCapabilities = { ...host, cpuFlag: null };
const noKvm: HostCapabilities = { ...host, guests: [{ arch: "x86_64", emulator: null, types: ["qemu"] }] };
const x86 = { arch: "x86_64", accel: "auto" } as const;

describe("acceleration", () => {
  it.each([
    ["KVM and a CPU that shows it", x86, host, "kvm", /KVM/],
    ["KVM, but no vmx or svm", x86, noFlag, "tcg", /neither vmx nor svm.*--accel kvm/],
    ["no KVM offered", x86, noKvm, "tcg", /no KVM/],
    ["another architecture", { arch: "aarch64", accel: "auto" }, host, "tcg", /This host is x86_64/],
    ["KVM by hand, whatever the CPU shows", { arch: "x86_64", accel: "kvm" }, noFlag, "kvm", /asked/],
    ["emulation by hand", { arch: "x86_64", accel: "tcg" }, host, "tcg", /asked/],
    [
      "an ARM host has no such flags",
      { arch: "aarch64", accel: "auto" },
      { ...noFlag, arch: "aarch64", guests: [{ arch: "aarch64", emulator: null, types: ["kvm"] }] },
      "kvm",
      /KVM/,
    ],
    ["the test driver runs nothing", x86, { ...noKvm, driver: "TEST" }, "kvm", /runs nothing/],
  ] as const)("%s", (_, spec, caps, kind, why) => {
    const choice = chooseAccel(spec, caps);
    expect(choice.kind).toBe(kind);
    expect(choice.why).toMatch(why);
  });

  it("says what is missing instead of falling back where KVM was asked for", () => {
    expect(() => chooseAccel({ arch: "x86_64", accel: "kvm" }, noKvm)).toThrow(/KVM cannot be used/);
    expect(() => chooseAccel({ arch: "aarch64", accel: "auto" }, noKvm)).toThrow(/no QEMU for aarch64/);
    expect(() => chooseAccel(x86, { ...host, driver: "Xen" })).toThrow(/Xen driver.*not launched/);
  });
});

describe("firmware", () => {
  it("is what boots everywhere, unless asked for", () => {
    expect(chooseFirmware({ arch: "x86_64", firmware: "auto" }, host)).toBe("bios");
    expect(chooseFirmware({ arch: "aarch64", firmware: "auto" }, host)).toBe("uefi");
    expect(chooseFirmware({ arch: "x86_64", firmware: "uefi" }, host)).toBe("uefi");
    expect(() => chooseFirmware({ arch: "x86_64", firmware: "uefi" }, { ...host, uefi: false })).toThrow(
      /no UEFI firmware/,
    );
  });
});

describe("user-mode networking", () => {
  const session: Home = { uri: "qemu:///session", mode: "session", driver: "qemu", remote: false, notes: [] };
  const none = { PATH: "/nowhere" };

  it("is SLIRP where libvirt is old, was built without passt, or passt is not there", () => {
    expect(userNetworkKind(host, session, process.env)).toBe("slirp");
    expect(userNetworkKind({ ...host, libVersion: 11_000_000, userBackends: ["default"] }, session, process.env)).toBe(
      "slirp",
    );
    expect(userNetworkKind({ ...host, libVersion: 11_000_000, userBackends: ["passt"] }, session, none)).toBe("slirp");
  });
});
