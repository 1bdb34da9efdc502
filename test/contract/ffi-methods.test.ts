import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LibvirtClient } from "../../ffi/index.ts";
import { connect, VirDomainModificationImpact, VirDomainState, VirErrorNumber } from "../../ffi/index.ts";

const NAMESPACE = "https://example.org/contract/1";
const XML = `<domain type="test"><name>box</name><memory unit="MiB">64</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>`;

describe("methods on libvirt's test driver", () => {
  let client: LibvirtClient;
  let uuid: string;
  beforeEach(async () => {
    client = await connect({ uri: "test:///default" });
    ({ uuid } = await client.call("domain.define", { xml: XML, validate: true }));
  });
  afterEach(async () => {
    await client.call("domain.destroy", { uuid, flags: 0 }).catch(() => undefined);
    await client.call("domain.undefine", { uuid, flags: 3 }).catch(() => undefined);
    await client.close();
  });

  it("list what is there, with states", async () => {
    const rows = await client.call("domain.list", {});
    expect(rows.map(({ name, id, state, persistent, fault }) => ({ name, id, state, persistent, fault }))).toEqual(
      expect.arrayContaining([
        { name: "test", id: 1, state: VirDomainState.RUNNING, persistent: true, fault: null },
        { name: "box", id: -1, state: VirDomainState.SHUTOFF, persistent: true, fault: null },
      ]),
    );
  });

  it("show one domain whole", async () => {
    await client.call("domain.start", { uuid, flags: 0 });
    await client.call("domain.setAutostart", { uuid, autostart: true });
    const detail = await client.call("domain.detail", { ref: { name: "box" }, namespace: NAMESPACE });
    expect(detail).toMatchObject({
      uuid,
      state: VirDomainState.RUNNING,
      persistent: true,
      autostart: true,
      hasManagedSave: false,
      maxMemoryKiB: 65_536,
      memoryKiB: 65_536,
      vcpus: 2,
      metadata: null,
    });
    expect(detail.xml).toContain(`<uuid>${uuid}</uuid>`);
    expect(detail.id).toBeGreaterThan(0);
  });

  it("keep metadata by namespace, awkward characters and all", async () => {
    const { LIVE, CONFIG } = VirDomainModificationImpact;
    await client.call("domain.start", { uuid, flags: 0 });
    const xml = `<record a="&lt;&amp;&quot;'">ünï → 🐇</record>`;
    await client.call("domain.setMetadata", { uuid, namespace: NAMESPACE, prefix: "h", xml, flags: LIVE | CONFIG });
    const rows = await client.call("domain.list", { namespace: NAMESPACE });
    const mine = rows.find((row) => row.uuid === uuid);
    expect(mine?.metadata).toContain("ünï → 🐇");
    expect(rows.find((row) => row.name === "test")?.metadata).toBeNull();
    const read = { uuid, namespace: NAMESPACE, flags: CONFIG };
    expect((await client.call("domain.getMetadata", read)).xml).toBe(mine?.metadata);
    const gone = { uuid, namespace: NAMESPACE, prefix: "h", xml: null, flags: LIVE | CONFIG };
    await client.call("domain.setMetadata", gone);
    expect((await client.call("domain.getMetadata", read)).xml).toBeNull();
  });

  it("walk a machine through its states", async () => {
    const state = async () => (await client.call("domain.lookup", { ref: { uuid } }))?.state;
    await client.call("domain.start", { uuid, flags: 0 });
    expect(await state()).toBe(VirDomainState.RUNNING);
    await client.call("domain.suspend", { uuid });
    expect(await state()).toBe(VirDomainState.PAUSED);
    await client.call("domain.resume", { uuid });
    await client.call("domain.reboot", { uuid, flags: 0 });
    await client.call("domain.managedSave", { uuid, flags: 0 });
    expect((await client.call("domain.detail", { ref: { uuid } })).hasManagedSave).toBe(true);
    await client.call("domain.managedSaveRemove", { uuid });
    await client.call("domain.start", { uuid, flags: 0 });
    await client.call("domain.shutdown", { uuid, flags: 0 });
    expect(await state()).toBe(VirDomainState.SHUTOFF);
    await client.call("domain.rename", { uuid, name: "renamed" });
    expect((await client.call("domain.lookup", { ref: { name: "renamed" } }))?.uuid).toBe(uuid);
  });

  it("leave out a domain that vanished, and list transient ones as such", async () => {
    await client.call("domain.start", { uuid, flags: 0 });
    await client.call("domain.undefine", { uuid, flags: 0 });
    const find = async () => (await client.call("domain.list", {})).find((row) => row.uuid === uuid);
    expect(await find()).toMatchObject({ name: "box", persistent: false });
    expect(await client.call("domain.lookup", { ref: { uuid } })).toMatchObject({ persistent: false });
    await client.call("domain.destroy", { uuid, flags: 0 });
    expect(await find()).toBeUndefined();
  });

  it("read addresses, facts, networks, pools and volumes", async () => {
    const [test] = (await client.call("domain.list", {})).filter((row) => row.name === "test");
    expect(await client.call("domain.addresses", { uuid: test?.uuid ?? "", source: 0 })).toEqual([
      {
        name: "testnet0",
        mac: "aa:bb:cc:dd:ee:ff",
        addresses: [{ family: "ipv4", address: "192.168.122.3", prefix: 24 }],
      },
    ]);
    const facts = await client.call("host.facts", {});
    expect(facts).toMatchObject({ uri: "test:///default", driver: "TEST", cpus: 16, memoryBytes: 3 * 2 ** 30 });
    expect(facts.capabilitiesXml).toContain("<capabilities>");
    expect(facts.libVersion).toBeGreaterThan(1_000_000);
    expect(await client.call("network.lookup", { name: "default" })).toMatchObject({ active: true, persistent: true });
    const made = await client.call("volume.create", {
      pool: "default-pool",
      xml: "<volume><name>disk</name><capacity unit='MiB'>3</capacity></volume>",
      flags: 0,
    });
    expect(made).toMatchObject({ name: "disk", capacityBytes: 3 * 2 ** 20 });
    expect(await client.call("volume.list", { pool: "default-pool" })).toEqual([made]);
    expect((await client.call("pool.lookup", { name: "default-pool" }))?.allocationBytes).toBeGreaterThan(0);
    await client.call("volume.delete", { pool: "default-pool", name: "disk" });
  });

  it("say so where the driver does not carry them", async () => {
    await expect(client.call("domain.monitor", { uuid, command: "info", hmp: true })).rejects.toMatchObject({
      code: VirErrorNumber.NO_SUPPORT,
    });
    await expect(client.call("host.domainCapabilities", {})).rejects.toMatchObject({ kind: "libvirt" });
    await expect(client.openConsole(uuid, null, () => undefined)).rejects.toMatchObject({ kind: "libvirt" });
  });

  it("answer with plain data only", async () => {
    const answers = [
      await client.call("domain.list", {}),
      await client.call("host.facts", {}),
      await client.call("stats.sample", { groups: 0, active: false }),
      await client.call("pool.list", {}),
      await client.call("network.list", {}),
    ];
    for (const answer of answers) expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  });
});
