import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { PortForward } from "../../../src/core/machine/spec.ts";
import { readDomain } from "../../../src/host/domain-read.ts";
import { domainXml } from "../../../src/host/domain-xml.ts";
import { freePort, portIsFree, replaceForwards } from "../../../src/host/forwards.ts";
import { INPUTS } from "./samples.ts";

const moved: readonly PortForward[] = [{ protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 23_456, guestPort: 22 }];

describe("ports of the host", () => {
  it("are found where Linux hands out none by itself, always the same for a name", async () => {
    const port = await freePort({ taken: new Set(), seed: "web" });
    expect(port).toBeGreaterThanOrEqual(20_022);
    expect(port).toBeLessThan(32_768);
    expect(await freePort({ taken: new Set(), seed: "web" })).toBe(port);
    expect(await freePort({ taken: new Set(), seed: "other" })).not.toBe(port);
  });

  it("are not those of other VMs, nor those that a program listens on", async () => {
    const first = await freePort({ taken: new Set(), seed: "web" });
    const second = await freePort({ taken: new Set([first]), seed: "web" });
    expect(second).not.toBe(first);
    const server = createServer().listen({ port: second, host: "127.0.0.1" });
    await once(server, "listening");
    try {
      expect(await portIsFree("127.0.0.1", second, "tcp")).toBe(false);
      expect(await freePort({ taken: new Set([first]), seed: "web" })).not.toBe(second);
    } finally {
      server.close();
    }
    await once(server, "close");
    expect(await portIsFree("127.0.0.1", second, "tcp")).toBe(true);
  });

  it("are told apart by protocol", async () => {
    const socket = createSocket("udp4").bind({ port: 0, address: "127.0.0.1" });
    await once(socket, "listening");
    const { port } = socket.address();
    expect(await portIsFree("127.0.0.1", port, "udp")).toBe(false);
    expect(await portIsFree("127.0.0.1", port, "tcp")).toBe(true);
    socket.close();
  });

  it("cannot be had on addresses of others, and run out in the end", async () => {
    expect(await portIsFree("192.0.2.1", 20_022, "tcp")).toBe(false);
    const all = new Set(Array.from({ length: 12_746 }, (_, index) => 20_022 + index));
    await expect(freePort({ taken: all, seed: "web" })).rejects.toMatchObject({ code: "E_HOST" });
  });
});

describe("new forwards in a definition", () => {
  for (const kind of ["session-slirp", "session-passt"]) {
    it(`take the place of the old ones and leave all else alone: ${kind}`, () => {
      const input = INPUTS[kind] ?? expect.fail();
      const before = domainXml(input);
      const after = replaceForwards(before, moved);
      expect(readDomain(after)).toEqual({ ...readDomain(before), forwards: moved });
      const { network } = input;
      const back = replaceForwards(after, "forwards" in network ? network.forwards : []);
      expect(readDomain(back)).toEqual(readDomain(before));
      expect(after).toContain("hutch:vm");
    });
  }

  it("are refused where there is no user-mode network", () => {
    expect(() => replaceForwards(domainXml(INPUTS["system-kvm"] ?? expect.fail()), moved)).toThrow(/no forwards/);
  });

  it("touch no other argument of QEMU", () => {
    const xml = `<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:commandline>
      <qemu:arg value='-name'/><qemu:arg value='user,id=x'/><qemu:arg value='-netdev'/><qemu:arg value='user,id=hutchnet0'/></qemu:commandline></domain>`;
    const after = replaceForwards(xml, moved);
    expect(after).toContain('value="user,id=x"');
    expect(after).toContain("hostfwd=tcp:127.0.0.1:23456-:22");
  });
});
