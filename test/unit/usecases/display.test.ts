import { describe, expect, it } from "vitest";
import { chooseHome } from "../../../src/host/home.ts";
import { tunnelTo } from "../../../src/usecases/display.ts";

const caller = { uid: 1000, user: "ann", home: "/home/ann", groups: [], guestUser: "ann" };
const from = (uri: string, env: Readonly<Record<string, string>> = {}) => ({
  home: chooseHome({ uri, env: {}, uid: 1000, groups: [] }),
  caller,
  env,
});
const LOOPBACK = { address: "127.0.0.1" };

describe("the way to a screen of another machine", () => {
  it.each([
    ["qemu+ssh://attic/system", "ssh -NL 5900:127.0.0.1:5900 attic"],
    ["qemu+ssh://root@attic.lan:2222/system?keyfile=x", "ssh -p 2222 -NL 5900:127.0.0.1:5900 root@attic.lan"],
    ["qemu+ssh://bob@[fd00::1]/session", "ssh -NL 5900:127.0.0.1:5900 bob@fd00::1"],
    ["qemu+tls://attic:16514/system", "ssh -NL 5900:127.0.0.1:5900 attic"],
  ])("of %s", (uri, command) => {
    expect(tunnelTo(from(uri), LOOPBACK, 5900)).toBe(command);
  });

  it("is none at the machine itself, but for who came by ssh", () => {
    expect(tunnelTo(from("qemu:///system"), LOOPBACK, 5900)).toBeNull();
    const env = { SSH_CONNECTION: "192.168.1.9 51000 192.168.1.2 22" };
    expect(tunnelTo(from("qemu:///system", env), { address: "::1" }, 5901)).toBe(
      "ssh -NL 5901:[::1]:5901 ann@192.168.1.2",
    );
  });

  it("is none to what listens for everybody", () => {
    expect(tunnelTo(from("qemu+ssh://attic/system"), { address: "192.168.1.2" }, 5900)).toBeNull();
  });
});
