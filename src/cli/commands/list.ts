/** `list`: every VM of the host, one line each. */
import type { MachineView } from "../../core/machine/view.ts";
import type { Hutch } from "../../index.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, toggle, word } from "../flags.ts";
import {
  COLUMN_NAMES,
  machineTable,
  parseColumns,
  parseSorting,
  type Sorting,
  sorted,
  USUAL_COLUMNS,
} from "../render/machine-columns.ts";
import { table } from "../render/table.ts";

const LOOK_EVERY_MS = 2_000;

export const list: Command = defineCommand({
  operands: [
    {
      syntax: "[filters...]",
      text: "only those that fit all of them: state=running, tag=prod, !engine=docker, mem>4G, web",
    },
  ],
  flags: {
    all: toggle("-a, --all", "those in the trash too"),
    trash: toggle("--trash", "only those in the trash"),
    columns: option("--columns <names>", `as name,state,tags; of ${COLUMN_NAMES.join(", ")}`, parseColumns),
    view: option("--view <name>", "a view that the config has: its filter, columns and order", word),
    sort: option("--sort <column>", "by a column; -memory puts the largest first", parseSorting),
    watch: toggle("-w, --watch", "show it again as it changes; Ctrl-C ends it"),
  },
  json: "machines: MachineView[]",
  examples: [
    "hutch list",
    "hutch list state=running tag=prod,test",
    "hutch list 'mem>4G' 'name~^web-[0-9]+$'",
    "hutch list '!engine=none' --sort -memory --columns name,memory,tags",
    "hutch list --view prod",
    "hutch list --trash",
  ],
  notes: [
    "VMs that others made are listed with - for what only hutch knows.",
    "Filters: name, state, tag, engine, image, network, address, owner (hutch, others), protected, ephemeral, problem (yes, no), and the amounts cpus, mem, disk.",
    "A comma is an or, * is anything, none is nothing; ! or != is the opposite; key:part is a part of it, key~expression a regular expression, > < >= <= compare amounts. A word alone is a part of the name. The terminal UI's / takes the same. Quote !, < and > for the shell.",
  ].join("\n"),
  run: async (cli, flags, { operands }) => {
    const view = flags.view === undefined ? null : await (await import("../saved-views.ts")).savedView(cli, flags.view);
    const words = [...(view?.words ?? []), ...operands];
    const filter = words.length === 0 ? null : (await import("../../core/filter.ts")).parseFilter(words);
    const trashToo = flags.all || filter?.wantsTrash === true;
    const chosen = (machine: MachineView) =>
      (trashToo || isTrashed(machine) === flags.trash) && (filter === null || filter.matches(machine));
    const look: Look = {
      chosen,
      columns: flags.columns ?? view?.columns ?? USUAL_COLUMNS,
      sorting: flags.sort ?? view?.sorting,
    };
    const hutch = await cli.hutch({ readonly: true });
    if (flags.watch) return watch(cli, hutch, look);
    const { machines, shown } = await seen(hutch, look);
    await cli.print({
      data: { machines: shown },
      text: () => tableOf(look, shown),
      names: shown.map(({ name }) => name),
    });
    for (const { name, problems } of shown) for (const problem of problems) cli.warn(`${name}: ${problem}`);
    const hidden = filter === null ? machines.length - shown.length : 0;
    if (hidden > 0 && !flags.trash) cli.say(`${hidden} in the trash (hutch list --trash).`);
    return 0;
  },
});

type Look = {
  readonly chosen: (machine: MachineView) => boolean;
  readonly columns: readonly string[];
  readonly sorting: Sorting | undefined;
};

async function seen(hutch: Hutch, { chosen, sorting }: Look) {
  const machines = await hutch.list();
  const shown = machines.filter(chosen);
  return { machines, shown: sorting === undefined ? shown : sorted(shown, sorting) };
}

function tableOf({ columns }: Look, machines: readonly MachineView[]): string {
  const { head, rows } = machineTable(columns, machines);
  return table(head, rows);
}

async function watch(cli: Cli, hutch: Hutch, look: Look): Promise<number> {
  const { pause, pictures, untilStopped } = await import("../watching.ts");
  const { rendered } = await import("../render/document.ts");
  const show = pictures(cli);
  return untilStopped(cli, async (signal) => {
    while (!signal.aborted) {
      const { shown } = await seen(hutch, look);
      const names = shown.map(({ name }) => name);
      const document = { data: { machines: shown }, text: () => tableOf(look, shown), names };
      await show(await rendered(document, cli.format === "json" ? "ndjson" : cli.format));
      await pause(LOOK_EVERY_MS, signal);
    }
  });
}

export function isTrashed({ record }: MachineView): boolean {
  return record?.state === "trashed";
}
