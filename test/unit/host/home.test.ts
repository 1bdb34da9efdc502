import { describe, expect, it } from "vitest";
import { chooseHome, type HomeQuestion } from "../../../src/host/home.ts";

const user: HomeQuestion = { env: {}, uid: 1000, groups: [] };

describe("the choice of libvirt", () => {
  it.each<[string, Partial<HomeQuestion>, string]>([
    ["a normal user has a session", {}, "qemu:///session"],
    ["root has the system", { uid: 0 }, "qemu:///system"],
    ["so has a member of group libvirt", { groups: ["audio", "libvirt"] }, "qemu:///system"],
    [
      "LIBVIRT_DEFAULT_URI comes before rights",
      { uid: 0, env: { LIBVIRT_DEFAULT_URI: "xen:///system" } },
      "xen:///system",
    ],
    [
      "the config file before that",
      { configured: "test:///default", env: { LIBVIRT_DEFAULT_URI: "a:///" } },
      "test:///default",
    ],
    [
      "HUTCH_CONNECT before that",
      { configured: "test:///default", env: { HUTCH_CONNECT: "vbox:///session" } },
      "vbox:///session",
    ],
    [
      "and what is asked for before all",
      { uri: "qemu+ssh://h/system", env: { HUTCH_CONNECT: "b:///" } },
      "qemu+ssh://h/system",
    ],
    ["an empty variable says nothing", { env: { HUTCH_CONNECT: "" } }, "qemu:///session"],
  ])("%s", (_, question, uri) => {
    expect(chooseHome({ ...user, ...question }).uri).toBe(uri);
  });

  it.each([
    ["qemu:///system", "system", "qemu", false],
    ["qemu+unix:///system?socket=/run/x/libvirt-sock", "system", "qemu", false],
    ["qemu+ssh://ann@host:2222/system?no_tty=1", "system", "qemu", true],
    ["qemu+ssh://host/session", "session", "qemu", true],
    ["test:///default", "other", "test", false],
    ["vbox:///session", "other", "vbox", false],
    ["esx://host/?no_verify=1", "other", "esx", true],
  ] as const)("%s is of mode %s", (uri, mode, driver, remote) => {
    expect(chooseHome({ ...user, uri })).toEqual({ uri, mode, driver, remote, notes: [] });
  });

  it("tells root that its session is the system, unless a socket of its own is named", () => {
    expect(chooseHome({ ...user, uid: 0, uri: "qemu:///session" })).toMatchObject({
      uri: "qemu:///system",
      mode: "system",
      notes: [expect.stringContaining("no session")],
    });
    expect(chooseHome({ ...user, uid: 0, uri: "qemu+unix:///session?socket=/x" }).mode).toBe("session");
  });

  it("refuses what is no URI", () => {
    expect(() => chooseHome({ ...user, uri: "my host" })).toThrow(/no libvirt URI/);
  });

  it("takes a host's name for its URI, except where libvirt's own variable says it", () => {
    const named = { ...user, hosts: { nas: "qemu+ssh://nas/system" } };
    expect(chooseHome({ ...named, uri: "nas" }).uri).toBe("qemu+ssh://nas/system");
    expect(chooseHome({ ...named, configured: "nas" })).toMatchObject({ mode: "system", remote: true });
    expect(() => chooseHome({ ...named, uri: "nsa" })).toThrow(
      expect.objectContaining({ code: "E_USAGE", next: expect.arrayContaining(['Did you mean "nas"?']) }),
    );
    expect(() => chooseHome({ ...named, env: { LIBVIRT_DEFAULT_URI: "nas" } })).toThrow(/no libvirt URI/);
    expect(() => chooseHome({ ...named, uri: "toString" })).toThrow(/neither/);
  });
});
