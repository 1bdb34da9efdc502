import { describe, expect, it } from "vitest";
import { besideOpened, hostsToOpen } from "../../../src/cli/hosts-to-open.ts";
import type { HostBook } from "../../../src/core/hosts.ts";
import { hasOwnLibvirt } from "../../../src/host/own-libvirt.ts";

const named = (name: string) => ({ name, uri: `qemu+ssh://${name}/system`, connect: name });
const own = { name: "qemu:///system", uri: "qemu:///system", connect: null };

/** What a start opens where the config file has these hosts, and this machine a libvirt or none. */
function opened(book: Partial<HostBook>, isLibvirtHere: boolean) {
  const list = async () => ({ hosts: [], defaultUri: own.uri, defaultFrom: "default: qemu:///system", ...book });
  const library = async () => ({ hosts: { list, isLibvirtHere: async () => isLibvirtHere } });
  return hostsToOpen({ library, env: {} } as unknown as Parameters<typeof hostsToOpen>[0], undefined);
}
const nas = { name: "nas", uri: "qemu+ssh://nas/system", isDefault: false };

describe("hosts that are looked at from the start", () => {
  it("are the one without a name and the named ones, as before the first was named", async () => {
    const unnamed = { ...own, connect: own.uri };
    expect(await opened({}, true)).toEqual([own]);
    expect(await opened({ hosts: [nas] }, true)).toEqual([unnamed, named("nas")]);
    expect(await opened({ hosts: [nas], defaultFrom: "$LIBVIRT_DEFAULT_URI" }, false)).toEqual([unnamed, named("nas")]);
  });

  it("leave out what nobody chose where there is no libvirt, unless there is nothing else", async () => {
    expect(await opened({ hosts: [nas] }, false)).toEqual([named("nas")]);
    expect(await opened({}, false)).toEqual([own]);
  });

  it("are the named ones where the default is one of them", async () => {
    expect(await opened({ hosts: [{ ...nas, isDefault: true }], defaultUri: nas.uri }, true)).toEqual([named("nas")]);
  });

  it("count a libvirt as here where its daemon or its socket is", () => {
    for (const sign of ["/usr/sbin/virtqemud", "/run/libvirt/libvirt-sock"])
      expect(hasOwnLibvirt((path) => path === sign)).toBe(true);
    expect(hasOwnLibvirt(() => false)).toBe(false);
  });
});

describe("hosts that are named while they are looked at", () => {
  it("do not take away the one that was opened without a name, which is to be named from then on", () => {
    expect(besideOpened([own], [named("nas")])).toEqual([{ ...own, connect: "qemu:///system" }, named("nas")]);
  });

  it("take its place once it has a name itself", () => {
    const here = { name: "here", uri: own.uri, connect: "here" };
    expect(besideOpened([own], [here, named("nas")])).toEqual([here, named("nas")]);
  });

  it("come and go as the file says", () => {
    expect(besideOpened([named("nas"), named("attic")], [named("attic"), named("cellar")])).toEqual([
      named("attic"),
      named("cellar"),
    ]);
    expect(besideOpened([own], [own])).toEqual([own]);
  });
});
