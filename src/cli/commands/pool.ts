/** `pool ls`, `info`, `add`. */
import { resolve } from "node:path";
import type { PoolInfo, PoolSummary } from "../../core/surroundings.ts";
import { formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { follow } from "../progress/follow.ts";
import { pairs, table } from "../render/table.ts";

export const poolList: Command = defineCommand({
  operands: [],
  flags: {},
  json: "pools: PoolSummary[]",
  examples: ["hutch pool ls"],
  notes: "hutch keeps its images and disks in the pool named hutch, which it makes at the first launch.",
  run: async (cli) => {
    const { pools: host } = await cli.hutch({ readonly: true });
    const pools = await host.list();
    await cli.print({
      data: { pools },
      text: (columns) =>
        table(
          ["NAME", "TYPE", "PATH", "RUNS", "USED", "FREE"],
          pools.map((pool) => [pool.name, pool.type, pool.path ?? "", pool.active ? "yes" : "no", ...sizes(pool)]),
          { columns, paths: ["PATH"] },
        ),
      names: pools.map(({ name }) => name),
    });
  },
});

export const poolInfo: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a pool's name", of: "pool" }],
  flags: {},
  json: "pool: PoolInfo",
  examples: ["hutch pool info hutch"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const { pools } = await cli.hutch({ readonly: true });
    const pool = await pools.info(name);
    await cli.print({ data: { pool }, text: (columns) => text(pool, columns), names: [pool.name] });
  },
});

export const poolAdd: Command = defineCommand({
  operands: [
    { syntax: "<name>", text: "what it is to be called" },
    { syntax: "<folder>", text: "a folder of the host; made when it is not there", of: "file" },
  ],
  flags: {},
  json: "pool: PoolInfo",
  examples: ["hutch pool add fast /srv/nvme/vms"],
  notes: "It starts at once and with the host. Files that are in the folder already show up as its volumes.",
  run: async (cli, _flags, { operands: [name = "", folder = ""] }) => {
    const { pools } = await cli.hutch();
    const pool = await follow(cli, pools.add(name, folder.includes("/") ? resolve(folder) : folder));
    await cli.print({ data: { pool }, text: (columns) => text(pool, columns), names: [pool.name] });
  },
});

function sizes({ active, usedBytes, availableBytes }: PoolSummary): readonly [string, string] {
  return active ? [formatSize(usedBytes), formatSize(availableBytes)] : ["", ""];
}

function text(pool: PoolInfo, columns: number): string {
  const [used, free] = sizes(pool);
  const facts = pairs(
    [
      ["Name", pool.name],
      ["Type", pool.type],
      ["Path", pool.path ?? ""],
      ["Runs", pool.active ? "yes" : "no"],
      ["Autostart", pool.autostart ? "on" : "off"],
      ["Used", used],
      ["Free", free],
      ["UUID", pool.uuid],
    ],
    columns,
  );
  if (pool.volumes.length === 0) return facts;
  const volumes = pool.volumes.map(({ name, virtualBytes, usedBytes }) => [
    name,
    formatSize(virtualBytes),
    formatSize(usedBytes),
  ]);
  return `${facts}\n${table(["VOLUME", "SIZE", "USED"], volumes, { columns })}`;
}
