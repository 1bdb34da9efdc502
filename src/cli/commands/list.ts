/** `list`: every VM of the host, one line each. */
import { byName, type MachineView } from "../../core/machine/view.ts";
import type { HostNews } from "../../core/watching.ts";
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
    "A narrow terminal gets fewer of the usual columns; info tells all of one.",
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
      spare: flags.columns === undefined && view?.columns === undefined ? SPARE : [],
      sorting: flags.sort ?? view?.sorting,
    };
    const hutch = await cli.hutch({ readonly: true });
    if (flags.watch) return watch(cli, hutch, look);
    const machines = await hutch.list();
    const shown = seen(machines, look);
    await cli.print({
      data: { machines: shown },
      text: (width) => tableOf(look, shown, width),
      names: shown.map(({ name }) => name),
    });
    for (const { name, problems } of shown) for (const problem of problems) cli.warn(`${name}: ${problem}`);
    const hidden = filter === null ? machines.length - shown.length : 0;
    if (hidden > 0 && !flags.trash) cli.say(`${hidden} in the trash (hutch list --trash).`);
    return 0;
  },
});

/** What was not asked for goes first where a long name leaves no room. */
const SPARE = ["ENGINE", "MEMORY", "CPUS", "IMAGE"] as const;

type Look = {
  readonly chosen: (machine: MachineView) => boolean;
  readonly columns: readonly string[];
  /** Heads of those that a narrow terminal does without. */
  readonly spare: readonly string[];
  readonly sorting: Sorting | undefined;
};

function seen(machines: readonly MachineView[], { chosen, sorting }: Look): readonly MachineView[] {
  const shown = machines.filter(chosen);
  return sorting === undefined ? shown : sorted(shown, sorting);
}

function tableOf({ columns, spare }: Look, machines: readonly MachineView[], width: number): string {
  const { head, rows } = machineTable(columns, machines);
  return table(head, rows, { columns: width, spare, paths: ["IMAGE"] });
}

/** Drawn anew when libvirt tells of a change: nothing is asked in between. */
async function watch(cli: Cli, hutch: Hutch, look: Look): Promise<number> {
  const { pictures, untilStopped } = await import("../watching.ts");
  const { rendered } = await import("../render/document.ts");
  const show = pictures(cli);
  let machines: ReadonlyMap<string, MachineView> = new Map();
  return untilStopped(cli, async (signal) => {
    for await (const news of hutch.watch(signal)) {
      if (news.k === "lost") cli.say(`${news.message} The list goes on when it does.`);
      if (news.k === "lost" || news.k === "happened") continue;
      machines = after(machines, news);
      const shown = seen([...machines.values()].sort(byName), look);
      const names = shown.map(({ name }) => name);
      const document = { data: { machines: shown }, text: (width: number) => tableOf(look, shown, width), names };
      await show(await rendered(document, cli.format === "json" ? "ndjson" : cli.format, cli.columns));
    }
  });
}

function after(
  before: ReadonlyMap<string, MachineView>,
  news: Extract<HostNews, { readonly machines: unknown }>,
): ReadonlyMap<string, MachineView> {
  const machines = new Map(news.k === "machines" ? [] : before);
  for (const machine of news.machines) machines.set(machine.uuid, machine);
  if (news.k === "changed") for (const uuid of news.gone) machines.delete(uuid);
  return machines;
}

export function isTrashed({ record }: MachineView): boolean {
  return record?.state === "trashed";
}
