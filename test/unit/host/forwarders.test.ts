import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parseForward } from "../../../src/core/forward-syntax.ts";
import { canForward, forwarderUnits, socketProxy } from "../../../src/host/forwarders.ts";
import { chooseHome } from "../../../src/host/home.ts";
import { UUID } from "./samples.ts";

const GOLDEN = join(import.meta.dirname, "../../golden/forwarder");
const home = (uri: string) => chooseHome({ uri, env: {}, uid: 0, groups: [] });
const CASES = {
  web: [{ uuid: UUID, name: "web", address: "192.168.122.50" }, "8080:80"],
  ipv6: [{ uuid: UUID, name: "web", address: "fd00::50" }, "[::]:8443:443"],
  awkward: [{ uuid: UUID, name: "100% of\nMy VM", address: "192.168.122.51" }, "0.0.0.0:2222:22"],
} as const;
const unitsOf = (name: keyof typeof CASES) => {
  const [target, forward] = CASES[name];
  return forwarderUnits(target, parseForward(forward), "/usr/lib/systemd/systemd-socket-proxyd");
};

describe("the units that lead a port into a VM", () => {
  it.each(["web", "ipv6", "awkward"] as const)("are as reviewed: %s", async (name) => {
    for (const { file, text } of unitsOf(name))
      await expect(text).toMatchFileSnapshot(join(GOLDEN, `${name}${file.slice(file.indexOf("."))}`));
  });

  it.each(["web", "ipv6", "awkward"] as const)("are what systemd understands: %s", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-units-"));
    try {
      const files = unitsOf(name).map(({ file, text }) => {
        writeFileSync(join(folder, file), text);
        return join(folder, file);
      });
      const { stdout, stderr } = await promisify(execFile)("systemd-analyze", ["verify", "--man=no", ...files], {
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
      });
      expect(`${stdout}${stderr}`.split("\n").filter((line) => line.includes("hutch-forward"))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are of one port each, and of one VM", () => {
    const [socket, service] = unitsOf("web").map(({ file }) => file);
    expect([socket, service]).toEqual([`hutch-forward-${UUID}-8080.socket`, `hutch-forward-${UUID}-8080.service`]);
  });

  it("need a host of its own libvirt, run by systemd", () => {
    const systemd = mkdtempSync(join(tmpdir(), "hutch-systemd-"));
    try {
      expect(canForward(home("qemu:///system"), systemd)).toBe(true);
      for (const uri of ["qemu+ssh://attic/system", "test:///default"])
        expect(canForward(home(uri), systemd), uri).toBe(false);
      expect(canForward(home("qemu:///system"), join(systemd, "not-there"))).toBe(false);
    } finally {
      rmSync(systemd, { recursive: true });
    }
  });

  it("are refused where the proxy is missing, with where it was looked for", () => {
    expect(() => socketProxy(["/nowhere/proxyd"])).toThrow(
      expect.objectContaining({ code: "E_HOST", why: expect.stringContaining("/nowhere/proxyd") }),
    );
  });
});
