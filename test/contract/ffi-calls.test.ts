import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../ffi/index.ts";
import { LIBRARY_NAMES } from "../../ffi/native/library.ts";
import { Lane } from "../../ffi/worker/lane.ts";
import type { Link } from "../../ffi/worker/thread.ts";
import { openLink } from "../../ffi/worker/thread.ts";

const aborted = expect.objectContaining({ kind: "aborted" });

/** A daemon that takes connections and never says a word: whoever connects waits inside libvirt until we hang up. */
describe("calls while libvirt does not answer", () => {
  let server: Server;
  let uri: string;
  let arrived: Promise<Socket>;
  const lanes: Lane[] = [];

  beforeEach(async () => {
    let accept: (socket: Socket) => void = () => undefined;
    arrived = new Promise((resolve) => {
      accept = resolve;
    });
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      accept(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    uri = `qemu+tcp://127.0.0.1:${(server.address() as AddressInfo).port}/system`;
  });
  afterEach(async () => {
    (await arrived).destroy();
    for (const lane of lanes.splice(0)) await lane.close();
    server.close();
  });

  function makeLane(): Lane {
    const lane = new Lane(
      () => openLink("calls", { uri, readonly: false }, LIBRARY_NAMES),
      () => undefined,
    );
    lanes.push(lane);
    return lane;
  }

  it("drops a queued call that is aborted, and never makes it", async () => {
    const lane = makeLane();
    const abort = new AbortController();
    const running = lane.call("host.alive", {});
    const queued = lane.call("domain.list", {}, { signal: abort.signal });
    expect(lane.load).toBe(2);
    abort.abort(new Error("changed my mind"));
    await expect(queued.result).rejects.toEqual(aborted);
    await expect(queued.result).rejects.toMatchObject({ cause: abort.signal.reason });
    await queued.ended;
    expect(lane.load).toBe(1);
    (await arrived).destroy();
    await expect(running.result).rejects.toMatchObject({ kind: "libvirt", fn: "virConnectOpen" });
  });

  it("refuses a call that was aborted before it was made", async () => {
    const lane = makeLane();
    const call = lane.call("host.alive", {}, { signal: AbortSignal.abort() });
    await expect(call.result).rejects.toEqual(aborted);
    expect(lane.load).toBe(0);
    void connect({ uri }).catch(() => undefined);
  });

  it("ends the promise of a running call at once, and knows when it has really ended", async () => {
    const lane = makeLane();
    const abort = new AbortController();
    const call = lane.call("host.alive", {}, { signal: abort.signal });
    const socket = await arrived;
    let ended = false;
    const running = lane.running().then(() => {
      ended = true;
    });
    abort.abort();
    await expect(call.result).rejects.toEqual(aborted);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ended).toBe(false);
    socket.destroy();
    await running;
    await call.ended;
    expect(lane.load).toBe(0);
  });

  it("gives up connecting when asked", async () => {
    const abort = new AbortController();
    const connecting = connect({ uri, signal: abort.signal });
    await arrived;
    abort.abort();
    await expect(connecting).rejects.toEqual(aborted);
  });
});

describe("a client", () => {
  it("makes calls in parallel, and all of them", async () => {
    const client = await connect({ uri: "test:///default" });
    const [machine] = await client.call("domain.list", {});
    const uuid = machine?.uuid ?? "";
    const detail = client.call("domain.detail", { ref: { uuid } });
    const many = Array.from({ length: 50 }, () => client.call("domain.list", {}));
    expect((await Promise.all(many)).every((rows) => rows.length === 1)).toBe(true);
    expect((await detail).name).toBe("test");
    await client.settled();
    await client.close();
  });

  it("refuses calls once closed, and may be closed twice", async () => {
    for (const inline of [true, false]) {
      const client = await connect({ uri: "test:///default", inline });
      await client.close();
      await expect(client.call("domain.list", {})).rejects.toEqual(aborted);
      await expect(client.events(() => undefined)).rejects.toEqual(aborted);
      await client.close();
    }
  });

  it("drops what waits when it is closed, and lets what runs end", async () => {
    const client = await connect({ uri: "test:///default" });
    const [machine] = await client.call("domain.list", {});
    const uuid = machine?.uuid ?? "";
    const first = client.call("domain.destroy", { uuid, flags: 0 });
    const second = client.call("domain.start", { uuid, flags: 0 });
    const dropped = expect(second).rejects.toEqual(aborted);
    await client.close();
    expect(await first).toBeNull();
    await dropped;
  });
});

describe("a thread that dies", () => {
  it("fails the call that it was making, and the next call has a new one", async () => {
    const links: Link[] = [];
    const lane = new Lane(
      () => {
        const link = openLink("calls", { uri: "test:///default", readonly: false }, LIBRARY_NAMES);
        links.push(link);
        return link;
      },
      () => undefined,
    );
    const { result, ended } = lane.call("domain.list", {});
    await links[0]?.worker.terminate();
    await expect(result).rejects.toMatchObject({ kind: "bug", fn: "domain.list" });
    await ended;
    expect(await lane.call("domain.list", {}).result).toHaveLength(1);
    expect(links).toHaveLength(2);
    await lane.close();
  });
});
