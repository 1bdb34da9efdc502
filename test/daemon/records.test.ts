/** One record, written by several users at once: processes that share no lock folder, on one private libvirtd. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LibvirtClient, VirDomainModificationImpact } from "#ffi";
import { RECORD_NAMESPACE } from "../../src/core/machine/record.ts";
import { openClient } from "../../src/host/connection.ts";
import { findMachine } from "../../src/host/machines.ts";
import { run } from "../../src/host/processes.ts";
import { encodeRecord, updateRecord } from "../../src/host/records.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";

import { record, UUID } from "../unit/host/samples.ts";

const DOMAIN = `<domain type="qemu"><name>t-record</name><uuid>${UUID}</uuid><memory unit="MiB">16</memory><vcpu>1</vcpu>
  <os><type arch="x86_64" machine="q35">hvm</type></os><devices><controller type="usb" model="none"/></devices></domain>`;
const PAUSED = 1;

let lane: SystemLane;
let client: LibvirtClient;
beforeAll(async () => {
  lane = await startSystemLane();
  client = await openClient({ uri: lane.uri });
  await client.call("domain.define", { xml: DOMAIN, validate: false });
  await client.call("domain.setMetadata", {
    uuid: UUID,
    namespace: RECORD_NAMESPACE,
    prefix: "hutch",
    xml: encodeRecord({ ...record, tags: [] }),
    flags: VirDomainModificationImpact.CONFIG,
  });
});
afterAll(async () => {
  await client?.close();
  await lane?.stop();
});

const ROUNDS = 25;

/** Adds a tag of its own again and again, as the user of that lock folder. */
async function writer(user: string): Promise<void> {
  const source = (path: string) => JSON.stringify(new URL(`../../src/host/${path}`, import.meta.url).href);
  const script = `
    const { openClient } = await import(${source("connection.ts")});
    const { updateRecord } = await import(${source("records.ts")});
    const client = await openClient({ uri: ${JSON.stringify(lane.uri)} });
    for (let round = 0; round < ${ROUNDS}; round++)
      await updateRecord(client, { locks: ${JSON.stringify(join(lane.root, user))} }, ${JSON.stringify(UUID)},
        (before) => ({ ...before, tags: [...before.tags, ${JSON.stringify(user)} + round] }));
    await client.close();`;
  const { code, stderr } = await run([process.execPath, "--input-type=module", "-e", script], { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(stderr);
}

const claimsLeft = async () => {
  const { xml, inactiveXml } = await client.call("domain.detail", { ref: { uuid: UUID } });
  return [xml, inactiveXml].filter((each) => each.includes("/claim/"));
};

describe.each(["stopped", "running"])("the record of a VM that is %s", (state) => {
  beforeAll(async () => {
    if (state === "running") await client.call("domain.start", { uuid: UUID, flags: PAUSED });
  });

  it("keeps what three users write at once, all of it", { timeout: 120_000 }, async () => {
    const locks = join(lane.root, "own");
    const before = await updateRecord(client, { locks }, UUID, (old) => ({ ...old, tags: [] }));
    const users = ["ann", "ben", "root"];
    await Promise.all(users.map(writer));

    const { record: after } = await findMachine(client, "t-record");
    const written = users.flatMap((user) => Array.from({ length: ROUNDS }, (_, round) => `${user}${round}`));
    expect(after?.tags.toSorted()).toEqual(written.toSorted());
    expect(after?.revision).toBe(before.revision + written.length);
    expect(await claimsLeft()).toEqual([]);
  });
});

describe("a writer that died", () => {
  it("is waited for ten seconds, and no longer", { timeout: 60_000 }, async () => {
    await client.call("domain.setMetadata", {
      uuid: UUID,
      namespace: `${RECORD_NAMESPACE}/claim/dead`,
      prefix: "hutchclaim",
      xml: "<claim/>",
      flags: VirDomainModificationImpact.CONFIG,
    });
    const began = performance.now();
    const after = await updateRecord(client, { locks: join(lane.root, "own") }, UUID, (old) => ({
      ...old,
      tags: ["x"],
    }));
    expect(after.tags).toEqual(["x"]);
    expect(performance.now() - began).toBeGreaterThan(9_000);
    expect(await claimsLeft()).toEqual([]);
  });
});
