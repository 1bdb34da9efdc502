/** `list`: every VM of the host, one line each. */
import type { MachineView } from "../../core/machine/view.ts";
import { formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { table } from "../render/table.ts";

const MIB = 1024 ** 2;

export const list: Command = defineCommand({
  operands: [],
  flags: {
    all: toggle("-a, --all", "those in the trash too"),
    trash: toggle("--trash", "only those in the trash"),
  },
  json: "machines: MachineView[]",
  examples: ["hutch list", "hutch list -o json", "hutch list --trash"],
  notes: "VMs that others made are listed with - for what only hutch knows.",
  run: async (cli, flags) => {
    const hutch = await cli.hutch({ readonly: true });
    const machines = await hutch.list();
    const shown = machines.filter((machine) => flags.all || isTrashed(machine) === flags.trash);
    await cli.print({
      data: { machines: shown },
      text: () => table(["NAME", "STATE", "ADDRESS", "IMAGE", "CPUS", "MEMORY", "ENGINE"], shown.map(row)),
      names: shown.map(({ name }) => name),
    });
    for (const { name, problems } of shown) for (const problem of problems) cli.warn(`${name}: ${problem}`);
    const hidden = machines.length - shown.length;
    if (hidden > 0 && !flags.trash) cli.say(`${hidden} in the trash (hutch list --trash).`);
  },
});

export function isTrashed({ record }: MachineView): boolean {
  return record?.state === "trashed";
}

/** One word for where a VM stands; a `!` says that something is wrong with it. */
export function stateOf({ record, status, problems }: MachineView): string {
  const state = record?.state === "trashed" ? "trashed" : record?.state === "making" ? "making" : status.power;
  return problems.length === 0 ? state : `${state} !`;
}

function row(machine: MachineView): readonly string[] {
  const { name, record, address } = machine;
  const known =
    record === null
      ? ["", "", "", ""]
      : [record.spec.image, `${record.spec.cpus}`, formatSize(record.spec.memoryMiB * MIB), record.engine?.name ?? ""];
  return [name, stateOf(machine), address ?? "", ...known];
}
