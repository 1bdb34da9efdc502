/** `host ls`, `add`, `use`, `info`, `rm`: libvirt hosts that have names. */
import type { HostBook } from "../../core/hosts.ts";
import type { HostInfo } from "../../core/surroundings.ts";
import { formatSize } from "../../core/units.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { plain } from "../render/plain.ts";
import { pairs, table } from "../render/table.ts";
import { isTrashed } from "./list.ts";

const NAMED = { syntax: "<name>", text: "a name of hutch host ls", of: "named-host" } as const;

export const hostList: Command = defineCommand({
  operands: [],
  flags: {},
  json: "hosts: NamedHost[]; defaultUri: string; defaultFrom: string",
  examples: ["hutch host ls"],
  notes: "The names are kept in hutch's config file; no host is asked whether it answers.",
  run: async (cli) => {
    const library = await cli.terminal.library();
    const book = await library.hosts.list(cli.host);
    const { hosts, defaultUri, defaultFrom } = book;
    await cli.print({
      data: book,
      text: () =>
        hosts.length === 0
          ? ""
          : table(
              ["NAME", "DEFAULT", "URI"],
              hosts.map(({ name, uri, isDefault }) => [name, isDefault ? "yes" : "no", uri]),
            ),
      names: hosts.map(({ name }) => name),
    });
    if (hosts.length === 0) cli.say("No host has a name yet: hutch host add nas qemu+ssh://user@nas/system");
    if (!hosts.some(({ isDefault }) => isDefault))
      cli.say(`The default is ${plain(defaultUri)} (from ${plain(defaultFrom)}).`);
  },
});

export const hostAdd: Command = defineCommand({
  operands: [
    { syntax: "<name>", text: "what it is to be called" },
    { syntax: "<uri>", text: "a libvirt URI" },
  ],
  flags: {},
  json: "hosts: NamedHost[]; defaultUri: string; defaultFrom: string",
  examples: ["hutch host add nas qemu+ssh://ada@nas.lan/system", "hutch -c nas list"],
  notes: "It is not asked whether it answers: it may be off now. hutch host info NAME asks.",
  run: async (cli, _flags, { operands: [name = "", uri = ""] }) => {
    const library = await cli.terminal.library();
    await done(cli, await library.hosts.add(name, uri, cli.host), name);
    cli.say(`${plain(name)} is ${plain(uri)}. See whether it answers: hutch host info ${plain(name)}`);
  },
});

export const hostUse: Command = defineCommand({
  operands: [NAMED],
  flags: {},
  json: "hosts: NamedHost[]; defaultUri: string; defaultFrom: string",
  examples: ["hutch host use nas"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const library = await cli.terminal.library();
    const book = await library.hosts.use(name, cli.host);
    await done(cli, book, name);
    const { uri } = book.hosts.find((host) => host.name === name) ?? {};
    cli.say(
      book.defaultUri === uri
        ? `${plain(name)} is the default now: ${plain(uri ?? "")}`
        : `${plain(name)} is the default in the config file, but ${plain(book.defaultFrom)} wins: ${plain(book.defaultUri)}`,
    );
  },
});

export const hostRemove: Command = defineCommand({
  operands: [NAMED],
  flags: {},
  json: "hosts: NamedHost[]; defaultUri: string; defaultFrom: string",
  examples: ["hutch host rm nas"],
  notes: "Only the name goes: nothing changes on the host itself.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const library = await cli.terminal.library();
    await done(cli, await library.hosts.remove(name, cli.host), name);
    cli.say(`${plain(name)} is no name of a host any more.`);
  },
});

export const hostInfo: Command = defineCommand({
  operands: [{ ...NAMED, syntax: "[name]", text: "a name of hutch host ls; the default host when none is given" }],
  flags: {},
  json: "host: HostInfo; machines: number; running: number",
  examples: ["hutch host info", "hutch host info nas"],
  run: async (cli, _flags, { operands: [name] }) => {
    const look = async (hutch: Awaited<ReturnType<Cli["hutch"]>>) => {
      const machines = (await hutch.list()).filter((machine) => !isTrashed(machine));
      const running = machines.filter(({ status }) => status.power === "running").length;
      return { host: await hutch.host(), machines: machines.length, running };
    };
    const data = await cli.looking(look, name);
    await cli.print({ data, text: () => text(data), names: [data.host.hostname] });
  },
});

/** What the names are now, for programs; people get a sentence. */
async function done(cli: Cli, book: HostBook, name: string): Promise<void> {
  await cli.print({ data: book, text: () => "", names: [name] });
}

function text({ host, machines, running }: { host: HostInfo; machines: number; running: number }): string {
  const free = (bytes: number | null, of: number) =>
    bytes === null ? formatSize(of) : `${formatSize(of)}, ${formatSize(bytes)} free`;
  return pairs([
    ["Host", host.hostname],
    ["URI", host.uri],
    ["libvirt", `${host.libvirt}, ${host.driver}`],
    ["CPUs", `${host.cpus} ${host.arch}`],
    ["Memory", free(host.freeMemoryBytes, host.memoryBytes)],
    ["Pool", host.pool === null ? "none yet" : free(host.pool.availableBytes, host.pool.capacityBytes)],
    ["VMs", `${machines}, ${running} running`],
  ]);
}
