import { describe, expect, it } from "vitest";
import { callerOf, guestUserOf, pathsOf } from "../../../src/host/paths.ts";

describe("places on the caller's disk", () => {
  it("follow the XDG folders", () => {
    const env = {
      XDG_CONFIG_HOME: "/c",
      XDG_DATA_HOME: "/d",
      XDG_STATE_HOME: "/s",
      XDG_CACHE_HOME: "/k",
      XDG_RUNTIME_DIR: "/r",
    };
    expect(pathsOf(env, { uid: 1000, home: "/home/ann" })).toEqual({
      configFile: "/c/hutch/config.yaml",
      hostsFile: "/etc/hosts",
      sshKey: "/d/hutch/ssh/id_ed25519",
      knownHosts: "/d/hutch/known_hosts.d",
      journal: "/s/hutch/journal",
      locks: "/s/hutch/locks",
      imageCache: "/k/hutch/images",
      sshControl: "/r/hutch/ssh",
      sessionPool: "/d/hutch/pool",
      sessionLogs: "/k/libvirt/qemu/log",
    });
  });

  it("lie below HOME without them, and relative ones are ignored", () => {
    const paths = pathsOf({ HOME: "/home/bob", XDG_DATA_HOME: "data" }, { uid: 1000, home: "/home/ann" });
    expect(paths.sessionPool).toBe("/home/bob/.local/share/hutch/pool");
    expect(paths.sshControl).toBe("/home/bob/.cache/run/hutch/ssh");
    expect(pathsOf({}, { uid: 0, home: "/root" }).sshControl).toBe("/run/hutch/ssh");
  });

  it.each([
    ["ann", "ann"],
    ["a_b-1", "a_b-1"],
    ["root", "hutch"],
    ["Ann", "hutch"],
    ["ann@corp", "hutch"],
    ["1st", "hutch"],
    ["a".repeat(33), "hutch"],
    ["", "hutch"],
  ])("the guest's user of %s is %s", (user, guest) => {
    expect(guestUserOf(user)).toBe(guest);
  });
});

describe("a caller whose number has no name", () => {
  it("has a home where the environment says so, and makes VMs for the usual user", () => {
    const nameless = () => {
      throw new Error("uv_os_get_passwd returned ENOENT");
    };
    const uid = process.getuid?.();
    expect(callerOf({ HOME: "/srv/ci" }, nameless)).toMatchObject({ uid, home: "/srv/ci", guestUser: "hutch" });
    expect(callerOf({}, nameless).home).toBe("/");
  });
});
