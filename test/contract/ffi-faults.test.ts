import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectWith } from "../../ffi/client.ts";
import type { LibvirtClient } from "../../ffi/index.ts";
import { connect, LibvirtFault, VirErrorNumber } from "../../ffi/index.ts";
import { LIBRARY_NAMES } from "../../ffi/native/library.ts";

const NOBODY = "00000000-0000-4000-8000-000000000000";
const code = (name: keyof typeof VirErrorNumber) =>
  expect.objectContaining({ kind: "libvirt", code: VirErrorNumber[name] });

const XML = (name: string) =>
  `<domain type="test"><name>${name}</name><memory>8192</memory><os><type>hvm</type></os></domain>`;

for (const inline of [true, false]) {
  describe(inline ? "faults on this thread" : "faults from a thread", () => {
    let client: LibvirtClient;
    beforeEach(async () => {
      client = await connect({ uri: "test:///default", inline });
    });
    afterEach(() => client.close());

    it("are null where a look-up finds nothing", async () => {
      expect(await client.call("domain.lookup", { ref: { uuid: NOBODY } })).toBeNull();
      expect(await client.call("domain.lookup", { ref: { name: "nope" } })).toBeNull();
      expect(await client.call("network.lookup", { name: "nope" })).toBeNull();
      expect(await client.call("pool.lookup", { name: "nope" })).toBeNull();
      expect(await client.call("volume.lookup", { pool: "default-pool", name: "nope" })).toBeNull();
    });

    it("carry libvirt's code, its words and the function that failed", async () => {
      const failure = await client.call("domain.start", { uuid: NOBODY, flags: 0 }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(LibvirtFault);
      expect(failure).toMatchObject({
        kind: "libvirt",
        code: VirErrorNumber.NO_DOMAIN,
        fn: "virDomainLookupByUUIDString",
        message: expect.stringContaining("Domain not found"),
        level: 2,
        errno: 0,
      });
    });

    it("tell one trouble from another", async () => {
      const { uuid } = await client.call("domain.define", { xml: XML("stopped"), validate: false });
      const troubles = {
        XML_DETAIL: () => client.call("domain.define", { xml: "<domain", validate: false }),
        XML_ERROR: () => client.call("domain.define", { xml: "<network/>", validate: false }),
        OPERATION_INVALID: () => client.call("domain.destroy", { uuid, flags: 0 }),
        NO_SUPPORT: () => client.call("network.leases", { name: "default" }),
        NO_NETWORK: () => client.call("network.start", { name: "nope" }),
        NO_STORAGE_VOL: () => client.call("volume.xml", { pool: "default-pool", name: "nope" }),
        NO_STORAGE_POOL: () => client.call("volume.create", { pool: "nope", xml: "<volume/>", flags: 0 }),
        NO_DOMAIN_SNAPSHOT: () => client.call("snapshot.revert", { uuid, name: "nope", flags: 0 }),
        NO_DOMAIN: () => client.call("domain.undefine", { uuid: NOBODY, flags: 0 }),
      } as const;
      for (const [name, call] of Object.entries(troubles)) {
        await expect(call(), name).rejects.toEqual(code(name as keyof typeof troubles));
      }
    });

    it("do not stay behind: a call after a fault is not blamed for it", async () => {
      await expect(client.call("network.start", { name: "nope" })).rejects.toEqual(code("NO_NETWORK"));
      expect(await client.call("domain.list", {})).toHaveLength(1);
      expect(await client.call("host.alive", {})).toEqual({ alive: true });
    });

    it("never come from a flag that only newer drivers know, when undefining", async () => {
      const { uuid } = await client.call("domain.define", { xml: XML("short-lived"), validate: false });
      await client.call("domain.undefine", { uuid, flags: 1 | 2 | 4 | 16 | 32 });
      expect(await client.call("domain.lookup", { ref: { uuid } })).toBeNull();
    });

    it("come from writing on a read-only connection", async () => {
      const reader = await connect({ uri: "test:///default", inline, readonly: true });
      try {
        await expect(reader.call("domain.define", { xml: XML("nope"), validate: false })).rejects.toEqual(
          code("OPERATION_DENIED"),
        );
        expect(await reader.call("domain.list", {})).toHaveLength(1);
      } finally {
        await reader.close();
      }
    });

    it("come from connecting: no daemon, no library, too old a library", async () => {
      const socket = "qemu+unix:///system?socket=/nowhere/libvirt-sock";
      await expect(connect({ uri: socket, inline })).rejects.toEqual(
        expect.objectContaining({ kind: "libvirt", code: VirErrorNumber.SYSTEM_ERROR, errno: 2 }),
      );
      await expect(
        connectWith({ uri: "test:///default", inline }, { ...LIBRARY_NAMES, libvirt: "libvirt-is-not-here.so.0" }),
      ).rejects.toEqual(expect.objectContaining({ kind: "no-library" }));
      await expect(
        connectWith({ uri: "test:///default", inline }, { ...LIBRARY_NAMES, libvirt: "libc.so.6" }),
      ).rejects.toEqual(expect.objectContaining({ kind: "no-symbol" }));
    });

    it("are not made of an empty host", async () => {
      const folder = mkdtempSync(join(tmpdir(), "hutch-empty-"));
      const file = join(folder, "node.xml");
      writeFileSync(file, "<node/>");
      const empty = await connect({ uri: `test://${file}`, inline });
      try {
        expect(await empty.call("domain.list", { namespace: "urn:x" })).toEqual([]);
        expect(await empty.call("network.list", {})).toEqual([]);
        expect(await empty.call("pool.list", {})).toEqual([]);
        expect((await empty.call("stats.sample", { groups: 0, active: false })).domains).toEqual([]);
        expect(await client.call("volume.list", { pool: "default-pool" })).toEqual([]);
        const { uuid } = await empty.call("domain.define", { xml: XML("one"), validate: false });
        expect(await empty.call("snapshot.list", { uuid })).toEqual([]);
        expect(await empty.call("domain.messages", { uuid })).toEqual([]);
      } finally {
        await empty.close();
        rmSync(folder, { recursive: true });
      }
    });
  });
}

describe("stderr", () => {
  it("stays ours: libvirt prints nothing there", () => {
    const index = new URL("../../ffi/index.ts", import.meta.url).href;
    const script = `
      import { connect } from ${JSON.stringify(index)};
      for (const inline of [true, false]) {
        await connect({ uri: "qemu+unix:///system?socket=/nowhere/libvirt-sock", inline }).catch(() => undefined);
        const client = await connect({ uri: "test:///default", inline });
        await client.call("network.start", { name: "nope" }).catch((error) => console.log(error.code));
        await client.close();
      }`;
    const child = execFileSync(process.execPath, ["--input-type=module", "-e", `${script}; console.log("done")`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(child).toBe(`${VirErrorNumber.NO_NETWORK}\n${VirErrorNumber.NO_NETWORK}\ndone\n`);
  });
});
