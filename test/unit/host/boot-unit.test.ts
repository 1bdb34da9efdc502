import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootPlace, bootUnit } from "../../../src/host/boot-unit.ts";
import { chooseHome } from "../../../src/host/home.ts";

const GOLDEN = join(import.meta.dirname, "../../golden/boot-unit");
const COMMAND = ["/opt/my node/bin/node", '/usr/lib/hutch/100%/"a$b\\c.js'];
const home = (uri: string) => chooseHome({ uri, env: {}, uid: 1000, groups: [] });

describe("the unit that starts VMs with the host", () => {
  it.each(["system", "session"])("of %s mode", async (mode) => {
    await expect(bootUnit(COMMAND, home(`qemu:///${mode}`))).toMatchFileSnapshot(join(GOLDEN, `${mode}.service`));
  });

  it("lies where its systemd looks", () => {
    const systemd = mkdtempSync(join(tmpdir(), "hutch-systemd-"));
    try {
      expect(bootPlace(home("qemu:///session"), "/home/me/.config", systemd)).toEqual({
        file: "/home/me/.config/systemd/user/hutch-autostart.service",
        scope: ["--user"],
      });
      expect(bootPlace(home("qemu:///system"), "/home/admin/.config", systemd)).toEqual({
        file: "/etc/systemd/system/hutch-autostart.service",
        scope: [],
      });
    } finally {
      rmSync(systemd, { recursive: true });
    }
  });

  it.each([
    ["qemu:///system", "not run by systemd", "hutch start --autostart"],
    ["qemu+ssh://attic/system", "Nothing of this host", "on that host"],
    ["test:///default", "Nothing of this host", "on that host"],
  ])("is refused plainly where nothing could run it: %s", (uri, message, next) => {
    expect(() => bootPlace(home(uri), "/c", "/nonexistent")).toThrow(
      expect.objectContaining({
        code: "E_HOST",
        message: expect.stringContaining(message),
        next: [expect.stringContaining(next)],
      }),
    );
  });

  it("has nothing in it that systemd would read otherwise", () => {
    expect(bootUnit(COMMAND, home("qemu:///system"))).toContain(
      'ExecStart="/opt/my node/bin/node" "/usr/lib/hutch/100%%/\\"a$$b\\\\c.js" start --autostart',
    );
  });
});
