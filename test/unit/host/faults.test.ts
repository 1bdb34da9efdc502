import { describe, expect, it } from "vitest";
import { LibvirtFault, VirErrorNumber as V } from "#ffi";
import { HutchError } from "../../../src/core/errors.ts";
import { fromFault, libvirtCode } from "../../../src/host/faults.ts";

const context = { uri: "qemu:///system", systemd: false, isRoot: false };

function fault(code: number, message = "said libvirt", kind: LibvirtFault["kind"] = "libvirt"): LibvirtFault {
  return new LibvirtFault({ kind, fn: "virDo", message, code, domain: 0, level: 2, errno: 0 });
}

function translated(error: unknown, how = context): HutchError {
  const answer = fromFault(error, how);
  return answer instanceof HutchError ? answer : expect.fail();
}

/** Every number that has a word of its own; all others are the hypervisor's refusal. */
const CODES: Readonly<Record<string, readonly (keyof typeof V)[]>> = {
  E_NOT_FOUND: [
    "NO_DOMAIN",
    "NO_NETWORK",
    "NO_STORAGE_POOL",
    "NO_STORAGE_VOL",
    "NO_DOMAIN_SNAPSHOT",
    "NO_DOMAIN_METADATA",
    "NO_NODE_DEVICE",
    "NO_INTERFACE",
    "NO_SECRET",
    "NO_DOMAIN_CHECKPOINT",
    "DEVICE_MISSING",
  ],
  E_CONFLICT: [
    "DOM_EXIST",
    "NETWORK_EXIST",
    "STORAGE_VOL_EXIST",
    "STORAGE_POOL_BUILT",
    "RESOURCE_BUSY",
    "BLOCK_COPY_ACTIVE",
    "OPERATION_INVALID",
  ],
  E_HOST: [
    "NO_CONNECT",
    "UNKNOWN_HOST",
    "SYSTEM_ERROR",
    "RPC",
    "SSH",
    "LIBSSH",
    "GNUTLS_ERROR",
    "NO_SERVER",
    "NO_CLIENT",
    "AUTH_FAILED",
    "AUTH_UNAVAILABLE",
    "AUTH_CANCELLED",
    "OPERATION_DENIED",
    "ACCESS_DENIED",
    "NO_SUPPORT",
    "OPERATION_UNSUPPORTED",
    "ARGUMENT_UNSUPPORTED",
    "NO_MEMORY",
  ],
  E_TIMEOUT: ["OPERATION_TIMEOUT"],
  E_CANCELLED: ["OPERATION_ABORTED"],
  E_GUEST: ["AGENT_UNRESPONSIVE", "AGENT_UNSYNCED"],
  E_BUG: ["XML_ERROR", "XML_DETAIL", "XML_INVALID_SCHEMA", "INVALID_ARG"],
};
const NAMED = Object.values(CODES).flat();

describe("libvirt's errors in the house's words", () => {
  for (const name of Object.keys(V) as (keyof typeof V)[]) {
    const expected = Object.entries(CODES).find(([, names]) => names.includes(name))?.[0] ?? "E_HYPERVISOR";
    it(`${name} (${V[name]}) is ${expected}`, () => {
      const error = translated(fault(V[name]));
      expect(error.code).toBe(expected);
      expect(`${error.message} ${error.why}`).toContain("said libvirt");
      expect(error.details).toMatchObject({ libvirt: V[name], function: "virDo", uri: "qemu:///system" });
      expect(libvirtCode(error)).toBe(V[name]);
    });
  }

  it("names no number twice", () => {
    expect(new Set(NAMED).size).toBe(NAMED.length);
  });

  it.each<[LibvirtFault["kind"], string]>([
    ["no-library", "E_HOST"],
    ["no-symbol", "E_HOST"],
    ["file", "E_HOST"],
    ["lost", "E_HYPERVISOR"],
    ["aborted", "E_CANCELLED"],
    ["bug", "E_BUG"],
  ])("a fault of kind %s is %s", (kind, code) => {
    const error = translated(fault(0, "words", kind));
    expect(error.code).toBe(code);
    expect(libvirtCode(error)).toBeNull();
  });

  it.each([
    ["cannot write: No space left on device", V.SYSTEM_ERROR, "E_HOST", /no space left/i],
    ["Could not access KVM kernel module: Permission denied", V.INTERNAL_ERROR, "E_HOST", /kvm/i],
    [
      "unsupported configuration: Emulator '/usr/bin/qemu' does not support virt type 'kvm'",
      V.CONFIG_UNSUPPORTED,
      "E_HOST",
      /QEMU/,
    ],
    ["Unable to find any firmware to satisfy 'efi'", V.OPERATION_FAILED, "E_HOST", /UEFI/],
    ["Network is already in use by interface eth0", V.INTERNAL_ERROR, "E_HOST", /addresses/],
    ["Unable to find 'dnsmasq' binary in $PATH", V.INTERNAL_ERROR, "E_HOST", /dnsmasq/],
    ["Could not set up host forwarding rule 'tcp:127.0.0.1:22-:22'", V.INTERNAL_ERROR, "E_CONFLICT", /port/],
    ["domain 'web' already exists with uuid x", V.OPERATION_FAILED, "E_CONFLICT", /name already/],
    [
      "Cannot access storage file '/home/x' (as uid:64055, gid:107): Permission denied",
      V.SYSTEM_ERROR,
      "E_HOST",
      /disk/,
    ],
    ["cannot set up guest memory 'pc.ram': Cannot allocate memory", V.INTERNAL_ERROR, "E_HOST", /memory/],
    [
      "Failed to connect socket to '/run/libvirt/libvirt-sock': Permission denied",
      V.SYSTEM_ERROR,
      "E_HOST",
      /let this user in/,
    ],
    [
      "Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory",
      V.SYSTEM_ERROR,
      "E_HOST",
      /does not answer/,
    ],
    [
      "Cannot create user runtime directory '/nonexistent/.cache/libvirt': Permission denied",
      V.SYSTEM_ERROR,
      "E_HOST",
      /no folder that it could work in/,
    ],
    ["authentication unavailable: no polkit agent available", V.AUTH_UNAVAILABLE, "E_HOST", /let this user in/],
    ["Unable to get system bus connection: Could not connect", V.INTERNAL_ERROR, "E_HOST", /let this user in/],
  ])("%s", (message, code, expected, words) => {
    const error = translated(fault(code, message));
    expect(error.code).toBe(expected);
    expect(error.message).toMatch(words);
    expect(error.next).not.toHaveLength(0);
  });

  it("says how to start the daemon, with systemd and without, for the system and for a session", () => {
    const silent = fault(V.NO_CONNECT);
    expect(translated(silent).next.join()).toContain("libvirtd -d");
    expect(translated(silent, { ...context, systemd: true }).next.join()).toContain("systemctl start libvirtd.socket");
    expect(translated(silent).next[0]).toBe("sudo virtlogd -d && sudo libvirtd -d");
    // root often has no sudo.
    expect(translated(silent, { ...context, isRoot: true }).next[0]).toBe("virtlogd -d && libvirtd -d");
    expect(translated(silent, { ...context, isRoot: true, systemd: true }).next.join("\n")).not.toContain("sudo");
    expect(translated(silent, { ...context, uri: "qemu:///session" }).next.join()).toContain("Install");
  });

  it.each([
    ["qemu+ssh://ann@nas:2222/system", "ssh -p 2222 ann@nas true: whether you get there at all"],
    ["qemu+ssh://nas/system", "ssh nas true: whether you get there at all"],
    ["qemu+tcp://nas/system", "hutch host ls: the hosts and their addresses"],
  ])("says how to look whether %s can be reached", (uri, first) => {
    const said = "Cannot recv data: ssh: connect to host nas port 22: Connection refused: Connection reset by peer";
    const { message, next } = translated(fault(V.SYSTEM_ERROR, said), { ...context, uri });
    expect([message, next[0]]).toEqual(["libvirt's host cannot be reached.", first]);
  });

  it("takes a socket where nobody listens any more for a daemon that is not there", () => {
    const stale = "Failed to connect socket to '/run/libvirt/libvirt-sock': Connection refused";
    expect(translated(fault(V.SYSTEM_ERROR, stale)).message).toBe("libvirt's daemon does not answer.");
  });

  it("lets other errors pass as they are", () => {
    const other = new HutchError({ code: "E_USAGE", message: "x" });
    expect(fromFault(other, context)).toBe(other);
    expect(libvirtCode(new Error("x"))).toBeNull();
  });
});
