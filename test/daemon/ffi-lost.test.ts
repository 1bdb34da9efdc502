import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LibvirtClient, WireEvent } from "../../ffi/index.ts";
import { connect } from "../../ffi/index.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";

async function until(met: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!met() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

const XML = (name: string) =>
  `<domain type="qemu"><name>${name}</name><memory unit="MiB">16</memory><os><type arch="x86_64">hvm</type></os></domain>`;

describe("when libvirtd dies", () => {
  let lane: SystemLane;
  let client: LibvirtClient;
  let inline: LibvirtClient;
  const seen: WireEvent[] = [];

  beforeAll(async () => {
    lane = await startSystemLane();
    client = await connect({ uri: lane.uri });
    inline = await connect({ uri: lane.uri, inline: true });
    await client.events((event) => seen.push(event));
    // Once opened, an idle connection of each kind: calls, statistics, transfers.
    await client.call("stats.sample", { groups: 0, active: true });
    await client.call("volume.read", { pool: "no", name: "no", offset: 0, length: 1 }).catch(() => undefined);
  });
  afterAll(async () => {
    await inline?.close();
    await client?.close();
    await lane?.stop();
  });

  it("says that the connection is lost, on every thread that had one", async () => {
    await lane.killDaemon();
    await until(() => seen.some((event) => event.kind === "lost"));
    expect(seen).toEqual([{ kind: "lost", reason: expect.any(Number) }]);
    const lost = expect.objectContaining({
      kind: "lost",
      message: expect.stringContaining("connection to libvirt was lost"),
    });
    await expect(client.call("domain.list", {})).rejects.toEqual(lost);
    await expect(client.call("stats.sample", { groups: 0, active: true })).rejects.toEqual(lost);
    await expect(client.call("volume.read", { pool: "no", name: "no", offset: 0, length: 1 })).rejects.toEqual(lost);
    await expect(inline.call("domain.list", {})).rejects.toEqual(lost);
  });

  it("fails to connect while there is no daemon, with libvirt's reason", async () => {
    await expect(client.call("domain.list", {})).rejects.toMatchObject({ kind: "libvirt", fn: "virConnectOpen" });
    await expect(inline.call("domain.list", {})).rejects.toMatchObject({ kind: "libvirt", fn: "virConnectOpen" });
  });

  it("connects again by itself once there is one, and asks for everything to be read again", async () => {
    await lane.startDaemon();
    expect(await client.call("domain.list", {})).toEqual([]);
    expect(await inline.call("domain.list", {})).toEqual([]);
    await until(() => seen.some((event) => event.kind === "resync"));
    expect(seen.at(-1)).toEqual({ kind: "resync" });
    const { uuid } = await client.call("domain.define", { xml: XML("after"), validate: false });
    await until(() => seen.some((event) => event.kind === "domain"));
    expect(seen.at(-1)).toMatchObject({ kind: "domain", uuid, name: "after" });
  });
});
