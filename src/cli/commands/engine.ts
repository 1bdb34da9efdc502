/** `engine install`, `engine status`, `engine recipes`: the container engine inside VMs. */
import type { EngineStatus } from "../../core/requests.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, word } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { pairs, table } from "../render/table.ts";

export const engineInstall: Command = defineCommand({
  operands: [
    { syntax: "<engine>", text: "docker", of: "engine" },
    { syntax: "<names...>", text: "VMs that run", of: "vm" },
  ],
  flags: {
    mirror: option("--mirror <mirror>", "take packages from there: a name of hutch engine recipes, or a URL", word),
  },
  json: "engines: EngineStatus[]",
  examples: ["hutch engine install docker web", "hutch engine install docker web db --mirror aliyun"],
  run: async (cli, { mirror }, { operands: [engine = "", ...names] }) => {
    const hutch = await cli.hutch();
    const how = mirror === undefined ? {} : { mirror };
    const engines = await follow(cli, hutch.engine.install(engine, [...new Set(names)], how));
    await cli.print({
      data: { engines },
      text: () =>
        table(
          ["NAME", "ENGINE", "VERSION", "FROM"],
          engines.map((each) => [each.name, each.engine?.name ?? "", each.version, each.engine?.source ?? ""]),
        ),
      names: engines.map(({ name }) => name),
    });
    for (const { name, warnings } of engines) for (const warning of warnings) cli.warn(`${name}: ${warning}`);
  },
});

export const engineStatus: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM that runs", of: "vm" }],
  flags: {},
  json: "engine: EngineStatus",
  examples: ["hutch engine status web"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const engine = await hutch.engine.status(name);
    await cli.print({ data: { engine }, text: () => pairs(statusRows(engine)), names: [engine.name] });
    for (const warning of engine.warnings) cli.warn(warning);
  },
});

export const engineRecipes: Command = defineCommand({
  operands: [],
  flags: {},
  json: "recipes: EngineRecipeRow[]",
  examples: ["hutch engine recipes"],
  run: async (cli) => {
    const library = await cli.terminal.library();
    const recipes = await library.engineRecipes();
    await cli.print({
      data: { recipes },
      text: () =>
        table(
          ["ENGINE", "FAMILY", "REPOSITORY", "ELSE", "MIRRORS", "PROVEN"],
          recipes.map((each) => [
            each.engine,
            each.family,
            each.repository,
            each.fallback,
            each.mirrors.join(" "),
            each.proven.join(", "),
          ]),
        ),
      names: recipes.map((each) => `${each.engine}/${each.family}`),
    });
  },
});

function statusRows(status: EngineStatus): readonly (readonly [string, string])[] {
  const yes = (value: boolean) => (value ? "yes" : "no");
  return [
    ["Name", status.name],
    ["Engine", status.engine?.name ?? ""],
    ["Installed", yes(status.installed)],
    ["Running", yes(status.running)],
    ["Starts at boot", yes(status.enabled)],
    ["Version", status.version],
    ["From", status.engine?.source ?? ""],
    ["Storage driver", status.storageDriver],
    ["Cgroups", status.cgroups],
    ["Containers", `${status.containers}`],
  ];
}
