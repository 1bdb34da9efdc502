/** VMs that run while hutch is upgraded, and VMs that a newer hutch made: on a private libvirtd, with paused domains. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LibvirtClient, VirDomainModificationImpact } from "#ffi";
import { type MachineRecord, RECORD_NAMESPACE, RECORD_SCHEMA } from "../../src/core/machine/record.ts";
import type { DoctorReport, MachineInfo } from "../../src/core/requests.ts";
import { openClient } from "../../src/host/connection.ts";
import { decodeRecord, encodeRecord } from "../../src/host/records.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import { record } from "../unit/host/samples.ts";

const OLD = "0b1c7c0e-6d0e-4b0e-9a55-0a1a5b6c7d01";
const NEW = "0b1c7c0e-6d0e-4b0e-9a55-0a1a5b6c7d02";
const PAUSED = 1;
const { CONFIG } = VirDomainModificationImpact;

let lane: SystemLane;
let client: LibvirtClient;
let hutch: HutchCli;

async function run(name: string, uuid: string, said: string): Promise<void> {
  const xml = `<domain type="qemu"><name>${name}</name><uuid>${uuid}</uuid><memory unit="MiB">16</memory><vcpu>1</vcpu>
    <os><type arch="x86_64" machine="q35">hvm</type></os><devices><controller type="usb" model="none"/></devices></domain>`;
  await client.call("domain.define", { xml, validate: false });
  const element = { namespace: RECORD_NAMESPACE, prefix: "hutch", xml: said };
  await client.call("domain.setMetadata", { uuid, ...element, flags: CONFIG });
  await client.call("domain.start", { uuid, flags: PAUSED });
}

/** The process that it runs in, and everything that libvirt knows of it. */
async function asItRuns(name: string) {
  const { xml, inactiveXml, state } = await client.call("domain.detail", { ref: { name } });
  return { xml, inactiveXml, state };
}
const idOf = (xml: string) => /<domain [^>]*\bid=["'](\d+)/.exec(xml)?.[1];
const recordIn = async (uuid: string, flags: number) => {
  const { xml } = await client.call("domain.getMetadata", { uuid, namespace: RECORD_NAMESPACE, flags });
  return decodeRecord(xml ?? "");
};

beforeAll(async () => {
  lane = await startSystemLane();
  client = await openClient({ uri: lane.uri });
  hutch = hutchIn(lane);
});
afterAll(async () => {
  await client?.close();
  await lane?.stop();
});

describe("a running VM of an older hutch", () => {
  it("runs on, is read with the defaults of what came since, and is brought up to date by the first change", async () => {
    const { description: _d, tags: _t, protected: _p, startOrder: _o, startDelay: _s, mounts: _m, ...old } = record;
    const others = { ...old, state: "made", revision: 7, ofAnotherHutch: "kept" } as unknown as MachineRecord;
    await run("t-old", OLD, encodeRecord(others));
    const before = await asItRuns("t-old");
    const { machine } = await hutch.json<{ machine: MachineInfo }>(["info", "t-old"]);
    expect(machine).toMatchObject({ problems: [], record: { tags: [], protected: false, mounts: [] } });
    expect(await asItRuns("t-old")).toEqual(before);

    await hutch.json(["set", "t-old", "tags=prod"]);
    for (const flags of [CONFIG, VirDomainModificationImpact.LIVE])
      expect(await recordIn(OLD, flags)).toMatchObject({
        schema: RECORD_SCHEMA,
        revision: 8,
        tags: ["prod"],
        description: "",
        startOrder: null,
        mounts: [],
        ofAnotherHutch: "kept",
      });
    const after = await asItRuns("t-old");
    expect([idOf(after.xml), after.state]).toEqual([idOf(before.xml), before.state]);
  });
});

describe("a running VM of a newer hutch", () => {
  it("is listed with what to do, and neither changed nor stopped by this one", async () => {
    const xml = `<vm schema="${RECORD_SCHEMA + 1}" revision="1">{"schema":${RECORD_SCHEMA + 1}}</vm>`;
    await run("t-new", NEW, xml);
    const before = await asItRuns("t-new");
    const { stdout, stderr } = await hutch.run(["list", "problem=yes", "-o", "name"]);
    expect([stdout, stderr]).toEqual(["t-new\n", expect.stringMatching(/newer hutch \(schema 2\).*Upgrade this one/)]);
    for (const words of [
      ["set", "t-new", "tags=x"],
      ["stop", "t-new", "--force"],
      ["restart", "t-new"],
      ["snapshot", "create", "t-new"],
      ["rename", "t-new", "t-else"],
      ["export", "t-new"],
      ["delete", "t-new", "--yes"],
      ["delete", "t-new", "--purge", "--force", "--yes"],
      ["adopt", "t-new"],
    ]) {
      const { code, fault } = await hutch.refused(words);
      expect([code, `${fault.message} ${fault.why}`], words.join(" ")).toEqual([
        5,
        expect.stringContaining("newer hutch"),
      ]);
    }
    expect(await asItRuns("t-new")).toEqual(before);
    await hutch.json(["stop", "t-new", "--force", "--foreign"]);
    expect((await asItRuns("t-new")).inactiveXml).toEqual(before.inactiveXml);
  });
});

describe("what a newer hutch left half done", () => {
  it("is named with the command for it where this one does not know how, and stays for the one that does", async () => {
    const journal = join(lane.env["HOME"] ?? "", ".local/state/hutch/journal");
    await mkdir(journal, { recursive: true });
    const head = { k: "begin", id: "op-new", kind: "teleport", title: "Teleport t-old", subject: "t-old", at: 1 };
    const entry = {
      action: "teleport.return",
      args: {},
      what: "the way back of t-old",
      command: "hutch teleport --back",
    };
    const lines = [
      { ...head, host: "qemu:///system" },
      { k: "undo", n: 1, entry },
    ];
    await writeFile(join(journal, "op-new.ndjson"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const { stdout } = await hutch.run(["doctor", "--fix", "-o", "json"]);
    const { report } = JSON.parse(stdout) as { report: DoctorReport };
    expect(report.interrupted).toEqual([
      { op: "op-new", title: head.title, undone: [], left: [{ what: entry.what, command: entry.command }] },
    ]);
    expect(await readdir(journal)).toEqual(["op-new.ndjson"]);
  });
});
