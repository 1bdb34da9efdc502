import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { LIBRARY_NAMES } from "../../ffi/native/library.ts";
import { Session } from "../../ffi/session/session.ts";

const MIB = 1024 * 1024;
const context = { aborted: () => false, progress: () => undefined };

/** In a process of its own, so that nothing but the loop moves its memory. Prints the growth in bytes. */
const LOOP = `
  import { LIBRARY_NAMES } from ${JSON.stringify(new URL("../../ffi/native/library.ts", import.meta.url).href)};
  import { Session } from ${JSON.stringify(new URL("../../ffi/session/session.ts", import.meta.url).href)};
  const session = new Session({ uri: "test:///default", readonly: false }, LIBRARY_NAMES);
  const context = { aborted: () => false, progress: () => undefined };
  const [machine] = session.run("domain.list", {}, context);
  const round = () => {
    session.run("domain.list", { namespace: "urn:none" }, context);
    session.run("stats.sample", { groups: 0, active: false }, context);
    session.run("domain.addresses", { uuid: machine.uuid, source: 0 }, context);
    session.run("network.list", {}, context);
    session.run("pool.list", {}, context);
    try { session.run("network.start", { name: "nope" }, context); } catch {}
  };
  for (let n = 0; n < 2000; n++) round();
  gc();
  const before = process.memoryUsage.rss();
  for (let n = 0; n < 10000; n++) round();
  gc();
  console.log(process.memoryUsage.rss() - before);
  if (session.close() !== 0) process.exit(3);
`;

describe("memory", () => {
  it("stays flat over 10,000 rounds of lists, statistics and faults", () => {
    const growth = Number(
      execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", LOOP], { encoding: "utf8" }),
    );
    expect(growth).toBeLessThan(6 * MIB);
  });

  it("holds no libvirt object after any kind of call, also one that failed", () => {
    const session = new Session({ uri: "test:///default", readonly: false }, LIBRARY_NAMES);
    const [machine] = session.run("domain.list", {}, context);
    const uuid = machine?.uuid ?? "";
    session.run("domain.detail", { ref: { uuid } }, context);
    session.run(
      "snapshot.create",
      { uuid, xml: "<domainsnapshot><name>one</name></domainsnapshot>", flags: 0 },
      context,
    );
    session.run(
      "snapshot.create",
      { uuid, xml: "<domainsnapshot><name>two</name></domainsnapshot>", flags: 0 },
      context,
    );
    const snapshots = session.run("snapshot.list", { uuid }, context);
    expect(Object.fromEntries(snapshots.map(({ name, parent, current }) => [name, { parent, current }]))).toEqual({
      one: { parent: null, current: false },
      two: { parent: "one", current: true },
    });
    session.run("snapshot.revert", { uuid, name: "one", flags: 0 }, context);
    session.run("snapshot.delete", { uuid, name: "two", flags: 0 }, context);
    const volume = "<volume><name>disk</name><capacity>1048576</capacity></volume>";
    session.run("volume.create", { pool: "default-pool", xml: volume, flags: 0 }, context);
    session.run("volume.list", { pool: "default-pool" }, context);
    const write = { pool: "default-pool", name: "disk", offset: 0, data: new Uint8Array(4) };
    expect(() => session.run("volume.write", write, context)).toThrow(expect.objectContaining({ kind: "libvirt" }));
    expect(() => session.run("domain.define", { xml: "<domain/>", validate: false }, context)).toThrow();
    expect(session.close()).toBe(0);
  });
});
