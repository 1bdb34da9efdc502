/** `snapshot create|ls|tree|restore|rm`. */
import { shellWord } from "../../core/shell-word.ts";
import type { SnapshotInfo, SnapshotKind } from "../../core/snapshots.ts";
import type { Hutch } from "../../index.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, toggle, word } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { agreeToLose } from "../prompts.ts";
import { plain } from "../render/plain.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";
import { table } from "../render/table.ts";

const NAME = { syntax: "<name>", text: "a VM's name or UUID", of: "vm" } as const;

const KINDS: Readonly<Record<SnapshotKind, string>> = {
  memory: "with memory",
  disk: "disks only",
  stopped: "stopped",
  other: "other",
};

export const snapshotCreate: Command = defineCommand({
  operands: [NAME, { syntax: "[snapshot]", text: "its name (snap-1 and so on, unless said)" }],
  flags: {
    diskOnly: toggle("--disk-only", "of a running VM its disks only: no pause, and restored to a stopped VM"),
    description: option("-d, --description <text>", "what it is for", word),
  },
  json: "snapshot: SnapshotInfo; quiesced: boolean | null; warnings: string[]",
  examples: ["hutch snapshot create web", "hutch snapshot create web before-upgrade --disk-only"],
  notes: "It lies inside the VM's own disks, and goes with them. With memory, the VM stands still while it is written.",
  run: async (cli, { diskOnly, description }, { operands: [name = "", snapshot] }) => {
    const hutch = await cli.hutch();
    const request = {
      diskOnly,
      ...(snapshot === undefined ? {} : { snapshot }),
      ...(description === undefined ? {} : { description }),
    };
    const made = await follow(cli, hutch.snapshots.create(name, request));
    await cli.print({
      data: { ...made },
      text: () => `${made.snapshot.name}: taken, ${KINDS[made.snapshot.kind]}${made.quiesced ? ", quiesced" : ""}\n`,
      names: [made.snapshot.name],
    });
    for (const warning of made.warnings) cli.warn(warning);
  },
});

export const snapshotList: Command = defineCommand({
  operands: [NAME],
  flags: {},
  json: "snapshots: SnapshotInfo[]",
  examples: ["hutch snapshot ls web"],
  notes: "A narrow terminal gets fewer columns; snapshot tree shows what stands on what.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const snapshots = await hutch.snapshots.list(name);
    await cli.print({
      data: { snapshots },
      text: (columns) =>
        table(
          ["NAME", "TAKEN", "KIND", "STANDS ON", "DESCRIPTION"],
          snapshots.map(({ name: each, createdAt, kind, parent, description, current }) => [
            current ? `${each} *` : each,
            createdAt.slice(0, 16).replace("T", " "),
            KINDS[kind],
            parent ?? "",
            description,
          ]),
          { columns, spare: ["STANDS ON", "DESCRIPTION"] },
        ),
      names: snapshots.map((snapshot) => snapshot.name),
    });
    if (snapshots.length === 0) cli.say(`There is none (hutch snapshot create ${shellWord(name)}).`);
  },
});

export const snapshotTree: Command = defineCommand({
  operands: [NAME],
  flags: {},
  json: "snapshots: SnapshotInfo[]",
  examples: ["hutch snapshot tree web"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const snapshots = await hutch.snapshots.list(name);
    await cli.print({
      data: { snapshots },
      text: () => [...branches(snapshots, null, "")].map((line) => `${plain(line)}\n`).join(""),
      names: snapshots.map((snapshot) => snapshot.name),
    });
  },
});

export const snapshotRestore: Command = defineCommand({
  operands: [NAME, { syntax: "<snapshot>", text: "as snapshot ls shows it", of: "snapshot" }],
  flags: { noSafety: toggle("--no-safety", "take no snapshot of today's state first") },
  json: "name: string; snapshot: string; safety: string | null; power: string; warnings: string[]",
  examples: ["hutch snapshot restore web before-upgrade"],
  notes:
    "What the VM is now is kept in another snapshot first (the last three of these stay). Its name, ports, address, tags and protection stay as they are today.",
  run: async (cli, { noSafety }, { operands: [name = "", snapshot = ""] }) => {
    const hutch = await cli.hutch();
    const loss = noSafety ? "everything since, for good" : "everything since, but for a snapshot of now";
    if (!cli.globals.yes && (await areThere(hutch, name, [snapshot])))
      await agreeToLose(cli, `Bring it back to ${snapshot}?`, [{ name, what: [loss] }]);
    const back = await follow(cli, hutch.snapshots.restore(name, { snapshot, safety: !noSafety }));
    await cli.print({
      data: { ...back },
      text: () => `${plain(back.name)}: back at ${back.snapshot}, ${back.power}\n`,
      names: [back.name],
    });
    for (const warning of back.warnings) cli.warn(warning);
    if (back.safety !== null)
      cli.say(`Back again: hutch snapshot restore ${shellWord(name)} ${shellWord(back.safety)}`);
  },
});

export const snapshotRemove: Command = defineCommand({
  operands: [NAME, { syntax: "<snapshots...>", text: "as snapshot ls shows them", of: "snapshot" }],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch snapshot rm web snap-1", "hutch snapshot rm web snap-1 snap-2 --yes"],
  notes: "The VM as it is now and its other snapshots stay.",
  run: async (cli, _flags, { operands: [name = "", ...names] }) => {
    const hutch = await cli.hutch();
    if (!cli.globals.yes && (await areThere(hutch, name, names)))
      await agreeToLose(cli, "Remove these snapshots for good?", [{ name, what: names }]);
    await printResults(cli, await follow(cli, hutch.snapshots.remove(name, [...new Set(names)])));
  },
});

function* branches(all: readonly SnapshotInfo[], parent: string | null, indent: string): Generator<string> {
  const known = new Set(all.map(({ name }) => name));
  const here = all.filter((each) => (known.has(each.parent ?? "") ? each.parent : null) === parent);
  for (const [index, each] of here.entries()) {
    const last = index === here.length - 1;
    const root = parent === null;
    yield `${indent}${root ? "" : last ? "`- " : "|- "}${each.name}${each.current ? " *" : ""}  (${KINDS[each.kind]})`;
    yield* branches(all, each.name, `${indent}${root ? "" : last ? "   " : "|  "}`);
  }
}

/** Nobody is asked about what is not there: doing it says so. Fails as a list does. */
async function areThere(hutch: Hutch, name: string, wanted: readonly string[]): Promise<boolean> {
  const there = await hutch.snapshots.list(name);
  return wanted.every((each) => there.some((snapshot) => snapshot.name === each));
}
