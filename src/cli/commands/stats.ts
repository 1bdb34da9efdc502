/** `stats`: what running VMs use. */
import type { MachineStats, StatsRound } from "../../core/stats.ts";
import { formatSize, parseDuration } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, toggle } from "../flags.ts";
import { ndjson, rendered } from "../render/document.ts";
import { table } from "../render/table.ts";
import { pictures, untilStopped } from "../watching.ts";

export const stats: Command = defineCommand({
  operands: [{ syntax: "[names...]", text: "names or UUIDs; every running VM when none is given", of: "vm" }],
  flags: {
    follow: toggle("-f, --follow", "go on; Ctrl-C ends it"),
    every: option("--every <time>", "time between two looks (1s)", parseDuration),
  },
  json: "at: string; machines: MachineStats[]",
  examples: ["hutch stats", "hutch stats web db -f", "hutch stats -f --every 5s -o ndjson"],
  notes:
    "CPU is of one CPU: 200% is two of them busy. MEMORY is what the guest uses where it tells, else what its process takes of the host, of what the VM has. With -f, every format prints a document a round.",
  run: (cli, { follow, every }, { operands }) =>
    untilStopped(cli, async (signal) => {
      const hutch = await cli.hutch({ readonly: true });
      const names = [...new Set(operands)];
      const how = { names, follow, signal, ...(every === undefined ? {} : { everyMs: every }) };
      const show = pictures(cli);
      for await (const round of hutch.stats(how)) {
        const machines = round.machines.map(({ name }) => name);
        const document = { data: { ...round }, text: () => tableOf(round), names: machines };
        if (!follow) await cli.print(document);
        else if (cli.format === "table") await show(tableOf(round));
        else if (cli.format === "yaml") await cli.write(`---\n${await rendered(document, "yaml")}`);
        else if (cli.format === "name") await cli.write(await rendered(document, "name"));
        else await cli.write(ndjson({ k: "stats", ...round }));
      }
    }),
});

function tableOf({ machines }: StatsRound): string {
  return table(["NAME", "CPU", "VCPUS", "MEMORY", "READ", "WRITTEN", "RECEIVED", "SENT"], machines.map(rowOf));
}

function rowOf({ name, cpuPercent, vcpus, memoryBytes, memoryUsedBytes, disk, net }: MachineStats): readonly string[] {
  const memory = [memoryUsedBytes, memoryBytes].map((bytes) => (bytes === null ? "?" : formatSize(bytes)));
  return [
    name,
    cpuPercent === null ? "" : `${cpuPercent.toFixed(1)}%`,
    vcpus === null ? "" : `${vcpus}`,
    memoryBytes === null ? "" : memory.join(" of "),
    ...[disk, net].flatMap((flow) =>
      flow === null ? ["", ""] : [`${formatSize(flow.inBytes)}/s`, `${formatSize(flow.outBytes)}/s`],
    ),
  ];
}
