/** `launch` without a word, at a terminal: asks for what matters, and shows the command line that says the same. */
import { HutchError } from "../core/errors.ts";
import { DEFAULTS } from "../core/machine/spec.ts";
import { madeUpName } from "../core/made-up-names.ts";
import { checkName } from "../core/names.ts";
import { plural } from "../core/plural.ts";
import { shellWord } from "../core/shell-word.ts";
import { formatSize } from "../core/units.ts";
import type { CatalogueRow, HostInfo, Hutch, ImageRow, NetworkSummary } from "../index.ts";
import type { Cli } from "./cli.ts";
import { knownNames } from "./known-names.ts";
import { askChoice, askSearch, askText, type Choice, confirm } from "./prompts.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** From what runs one service to what runs a household. */
const SIZES = [
  { name: "small", cpus: 1, memory: "1G", disk: "10G", bytes: GIB },
  { name: "medium", cpus: DEFAULTS.cpus, memory: "2G", disk: "20G", bytes: DEFAULTS.memoryMiB * MIB },
  { name: "large", cpus: 4, memory: "8G", disk: "40G", bytes: 8 * GIB },
] as const;
const OWN = "own";

/** The words of the command line that was agreed to, without `hutch launch`. E_CANCELLED for a no, and on Ctrl-C. */
export async function askForLaunch(cli: Cli): Promise<readonly string[]> {
  const ground = await cli.looking(groundOf);
  const image = await askSearch(cli, "Image (type a part of its name)", imageChoices(ground));
  const name = await askText(cli, "Name", {
    usually: freeName(ground.names),
    wrong: (answer) => (ground.names.has(answer) ? `there is a VM ${answer} already.` : checkName(answer)),
  });
  const words = [
    image,
    "--name",
    name,
    ...(await askSizes(cli, ground.host)),
    ...(await askEngine(cli)),
    ...(await askNetwork(cli, ground.networks)),
    ...(await askKey(cli)),
  ];
  cli.terminal.stderr.write(`\n  ${commandLine(words)}\n\n`);
  if (await confirm(cli, "Launch it?", true)) return words;
  throw new HutchError({ code: "E_CANCELLED", message: "Nothing was made.", next: [commandLine(words)] });
}

/** As it is typed into a shell. */
function commandLine(words: readonly string[]): string {
  return ["hutch", "launch", ...words.map(shellWord)].join(" ");
}

type Ground = {
  readonly host: HostInfo;
  readonly catalogue: readonly CatalogueRow[];
  readonly stored: readonly ImageRow[];
  readonly networks: readonly NetworkSummary[];
  readonly names: ReadonlySet<string>;
};

async function groundOf(hutch: Hutch): Promise<Ground> {
  const machines = await hutch.list();
  return {
    host: await hutch.host(),
    catalogue: await hutch.images.catalogue(),
    stored: await hutch.images.list(),
    networks: hutch.mode === "session" ? [] : await hutch.networks.list(),
    names: new Set(machines.map(({ name }) => name)),
  };
}

/** The usual one first, what needs no download before the rest. */
function imageChoices({ catalogue, stored }: Ground): readonly Choice[] {
  const own = stored.filter(({ name }) => !catalogue.some((row) => row.name === name));
  const rank = ({ name, inStore }: CatalogueRow) => (name === DEFAULTS.image ? 0 : inStore ? 1 : 2);
  return [
    ...catalogue
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ name, title, inStore }) => ({
        value: name,
        name: `${name}  ${title}${inStore ? ", in the store" : ""}`,
      })),
    ...own.map(({ name }) => ({ value: name, name: `${name}  of the store` })),
  ];
}

function freeName(names: ReadonlySet<string>): string {
  for (;;) {
    const name = madeUpName(Math.random);
    if (!names.has(name)) return name;
  }
}

async function askSizes(cli: Cli, host: HostInfo): Promise<readonly string[]> {
  const free = host.freeMemoryBytes === null ? "" : `, ${formatSize(host.freeMemoryBytes)} memory free`;
  const disk = host.freePoolBytes === null ? "" : `, ${formatSize(host.freePoolBytes)} disk free`;
  const much = (bytes: number) =>
    host.freeMemoryBytes !== null && bytes > host.freeMemoryBytes ? "  more memory than is free now" : "";
  const chosen = await askChoice(cli, `Size (the host has ${plural(host.cpus, "CPU")}${free}${disk})`, [
    ...[1, 0, 2].flatMap((index) => {
      const size = SIZES[index];
      if (size === undefined) return [];
      const { name, cpus, memory, disk: room, bytes } = size;
      return [{ value: name, name: `${name}  ${cpus} vCPU, ${memory} memory, ${room} disk${much(bytes)}` }];
    }),
    { value: OWN, name: "of your own" },
  ]);
  const size = SIZES.find(({ name }) => name === chosen);
  if (size !== undefined) return ["--cpus", `${size.cpus}`, "--memory", size.memory, "--disk", size.disk];
  const number = (answer: string) => (/^[1-9]\d*$/.test(answer) ? null : "a whole number, at least 1.");
  const bytes = (answer: string) => (/^\d+(\.\d+)?\s*[kmgt]?(i?b)?$/i.test(answer) ? null : "a size, as 4G or 512M.");
  return [
    "--cpus",
    await askText(cli, "vCPUs", { usually: `${DEFAULTS.cpus}`, wrong: number }),
    "--memory",
    await askText(cli, "Memory", { usually: "2G", wrong: bytes }),
    "--disk",
    await askText(cli, "Disk", { usually: "20G", wrong: bytes }),
  ];
}

async function askEngine(cli: Cli): Promise<readonly string[]> {
  const { terminal } = cli;
  const looking: Cli["looking"] = (work) => cli.looking(work);
  const engines = await knownNames("engine", { library: terminal.library, env: terminal.env, looking, before: [] });
  const chosen = await askChoice(cli, "Container engine", [
    ...(engines ?? []).map(({ name }) => ({ value: name, name })),
    { value: "", name: "none" },
  ]);
  return chosen === "" ? [] : ["--engine", chosen];
}

/** Nothing to choose where there is only one. */
async function askNetwork(cli: Cli, networks: readonly NetworkSummary[]): Promise<readonly string[]> {
  const others = networks.filter(({ name }) => name !== "default");
  if (others.length === 0) return [];
  const chosen = await askChoice(cli, "Network", [
    { value: "", name: "default  behind the host" },
    ...others.map(({ name, mode, subnets }) => ({ value: name, name: [`${name}  ${mode}`, ...subnets].join(", ") })),
  ]);
  return chosen === "" ? [] : ["--network", `network=${chosen}`];
}

async function askKey(cli: Cli): Promise<readonly string[]> {
  const chosen = await askChoice(cli, "Who may log in", [
    { value: "", name: "you, with your own ssh keys" },
    { value: "file", name: "another public key" },
  ]);
  return chosen === "" ? [] : ["--ssh-key", await askText(cli, "File of the public key")];
}
