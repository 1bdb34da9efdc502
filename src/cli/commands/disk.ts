/** `disk ls`, `disk attach`, `disk detach`: data disks. */
import type { DiskResult } from "../../core/disks.ts";
import { formatSize, parseSize } from "../../core/units.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { agreeToLose } from "../prompts.ts";
import { table } from "../render/table.ts";

const NAME = { syntax: "<name>", text: "a VM's name or UUID", of: "vm" } as const;

export const diskList: Command = defineCommand({
  operands: [NAME],
  flags: {},
  json: "disks: DiskInfo[]",
  examples: ["hutch disk ls web"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const { disks } = await hutch.info(name);
    await cli.print({
      data: { disks },
      text: (columns) =>
        table(
          ["DISK", "SIZE", "USED", "FORMAT", "SOURCE"],
          disks.map(({ target, virtualBytes, usedBytes, format, source }) => [
            target,
            virtualBytes === null ? "" : formatSize(virtualBytes),
            usedBytes === null ? "" : formatSize(usedBytes),
            format,
            source,
          ]),
          { columns, paths: ["SOURCE"] },
        ),
      names: disks.map(({ target }) => target),
    });
  },
});

export const diskAttach: Command = defineCommand({
  operands: [
    NAME,
    { syntax: "<disk>", text: "a size, as 10G, for a new one; or a volume of the pool that no VM uses" },
  ],
  flags: {},
  json: "disk: DiskResult",
  examples: ["hutch disk attach web 10G", "hutch disk attach web db-1a2b3c4d-data1.qcow2"],
  notes: "A running VM sees it at once. It is empty: make a file system on it inside the VM.",
  run: async (cli, _flags, { operands: [name = "", disk = ""] }) => {
    const hutch = await cli.hutch();
    const request = /\.qcow2$/.test(disk) ? { volume: disk } : { bytes: parseSize(disk, "disk attach") };
    await printDisk(cli, "attached as", await follow(cli, hutch.disks.attach(name, request)));
  },
});

export const diskDetach: Command = defineCommand({
  operands: [NAME, { syntax: "<target>", text: "vdc, as disk ls shows it" }],
  flags: { purge: toggle("--purge", "remove what is on it for good") },
  json: "disk: DiskResult",
  examples: ["hutch disk detach web vdc", "hutch disk detach web vdc --purge --yes"],
  notes: "Unmount it inside the VM first. Without --purge its volume stays in the pool and can be attached again.",
  run: async (cli, { purge }, { operands: [name = "", target = ""] }) => {
    const hutch = await cli.hutch();
    if (purge) await agreeToLose(cli, "Remove it for good, with all that is on it?", [{ name, what: [target] }]);
    const done = await follow(cli, hutch.disks.detach(name, { target, purge }));
    await printDisk(cli, purge ? "removed from" : "detached from", done);
  },
});

function printDisk(cli: Cli, verb: string, disk: DiskResult): Promise<void> {
  return cli.print({
    data: { disk },
    text: () => `${disk.name}: ${disk.volume} (${formatSize(disk.bytes)}) ${verb} ${disk.target}\n`,
    names: [disk.target],
  });
}
