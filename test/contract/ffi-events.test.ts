import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LibvirtClient, WireEvent } from "../../ffi/index.ts";
import { connect, VirDomainEventType } from "../../ffi/index.ts";
import { LIBRARY_NAMES } from "../../ffi/native/library.ts";
import { Lane } from "../../ffi/worker/lane.ts";
import { openLink } from "../../ffi/worker/thread.ts";

async function until(met: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!met() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("events of libvirt's test driver", () => {
  let client: LibvirtClient;
  beforeEach(async () => {
    client = await connect({ uri: "test:///default", events: true });
  });
  afterEach(() => client.close());

  it("come all, in order: 200 of 200", async () => {
    const seen: WireEvent[] = [];
    const stop = await client.events((event) => seen.push(event));
    const [machine] = await client.call("domain.list", {});
    const uuid = machine?.uuid ?? "";
    for (let round = 0; round < 100; round += 1) {
      await client.call("domain.destroy", { uuid, flags: 0 });
      await client.call("domain.start", { uuid, flags: 0 });
    }
    await until(() => seen.length >= 200);
    await stop();
    const { STOPPED, STARTED } = VirDomainEventType;
    const kinds = seen.map((event) => (event.kind === "domain" && event.uuid === uuid ? event.event : -1));
    expect(kinds).toEqual(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? STOPPED : STARTED)));
  });

  it("tell of networks and pools too", async () => {
    const seen: WireEvent[] = [];
    const stop = await client.events((event) => seen.push(event));
    await client.call("network.destroy", { name: "default" });
    await client.call("pool.destroy", { name: "default-pool" });
    await until(() => seen.length >= 2);
    await stop();
    expect(seen).toEqual([
      expect.objectContaining({ kind: "network", name: "default" }),
      expect.objectContaining({ kind: "pool", name: "default-pool" }),
    ]);
  });

  it("go to every listener until it stops, and to one that comes later", async () => {
    const [first, second]: [WireEvent[], WireEvent[]] = [[], []];
    const stopFirst = await client.events((event) => first.push(event));
    await client.call("network.destroy", { name: "default" });
    await until(() => first.length >= 1);
    await stopFirst();
    const stopSecond = await client.events((event) => second.push(event));
    await client.call("network.start", { name: "default" });
    await until(() => second.length >= 1);
    await stopSecond();
    expect([first.length, second.length]).toEqual([1, 1]);
  });

  it("reach the listeners of two clients in one process", async () => {
    const other = await connect({ uri: "test:///default" });
    const seen: WireEvent[] = [];
    await client.events((event) => seen.push(event));
    await other.events((event) => seen.push(event));
    await client.call("network.destroy", { name: "default" });
    await until(() => seen.length >= 2);
    await other.close();
    await client.call("network.start", { name: "default" });
    await until(() => seen.length >= 3);
    expect(seen).toHaveLength(3);
  });

  it("leave nothing behind when the observer closes", async () => {
    const connection = { uri: "test:///default", readonly: false };
    const lane = new Lane(
      () => openLink("observer", connection, LIBRARY_NAMES),
      () => undefined,
    );
    await lane.call("events.subscribe", {}).result;
    expect(await lane.close()).toBe(0);
  });
});
