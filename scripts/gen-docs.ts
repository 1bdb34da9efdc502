/** Writes docs/cli.md, docs/keys.md and docs/man/hutch.1 from the table of commands, the actions of the terminal UI and the types of what is printed; `--check` only tells whether they are fresh. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Entry } from "../src/cli/commands/entry.ts";
import { TABLE } from "../src/cli/commands/table.ts";
import { programHelp } from "../src/cli/help.ts";
import { helpText } from "../src/cli/parse.ts";
import { type ErrorCode, EXIT_CODES } from "../src/core/errors.ts";
import { keysPage } from "./keys-page.ts";
import { manPage } from "./man-page.ts";

const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const COLUMNS = 100;

const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  E_FAILED: "failed",
  E_USAGE: "a command, flag or value that cannot be",
  E_INVALID: "an input file that cannot be used",
  E_NOT_FOUND: "no such VM, image, network",
  E_CONFLICT: "it is there already, taken or in use",
  E_HOST: "the host is not ready: libvirt, daemon, rights (`hutch doctor`)",
  E_HYPERVISOR: "the hypervisor refused",
  E_IMAGE: "the image cannot be had, or is broken",
  E_GUEST: "the guest failed",
  E_PARTIAL: "some were done, some not",
  E_TIMEOUT: "it took too long; the VM is kept",
  E_BUG: "a bug of hutch",
  E_EXEC: "`exec`: the command was not run",
  E_CANCELLED: "cancelled",
};

/** Where the types of JSON documents are declared. */
const SOURCES = [
  "requests",
  "bake",
  "image",
  "image-trust",
  "image-store",
  "surroundings",
  "settings",
  "stats",
  "host-event",
  "host-names",
  "hosts",
  "watching",
  "vm-settings",
  "disks",
  "network-cards",
  "snapshots",
  "copy",
  "containers",
  "enter",
  "mount-syntax",
  "machine/view",
  "machine/status",
  "machine/record",
  "machine/spec",
  "op/event",
  "errors",
];

/** The page as it should be. */
export async function cliPage(): Promise<string> {
  const sections: string[] = [];
  const shapes: string[] = ["v: 1; error: FaultData & { exitCode: number }", "OpEvent"];
  for (const entry of TABLE) {
    const { json } = await entry.load();
    shapes.push(json ?? "");
    sections.push(await section(entry));
  }
  return `${[
    "<!-- Written by scripts/gen-docs.ts. -->",
    "# The command line",
    fenced("", programHelp()),
    "Data goes to stdout, talk to stderr. Nobody is asked anything without a terminal, or in CI: a command that destroys then needs `--yes`.",
    "## Output",
    [
      '`-o json` prints one document with `"v": 1`, the members of which each command names below; `yaml` is the same in YAML; `name` prints names, one a line.',
      '`-o ndjson` prints a document a line: the events of an operation as they come (`OpEvent`), then the command\'s document with `"k": "result"`.',
      'With `json`, `yaml` and `ndjson` an error is JSON on stderr: `{ "v": 1, "error": FaultData & { exitCode: number } }`.',
    ].join("\n"),
    "## Exit codes",
    exitTable(),
    "## Commands",
    ...sections,
    "## Types",
    fenced("ts", typesOf(shapes.join(" "))),
  ].join("\n\n")}\n`;
}

async function section(entry: Entry): Promise<string> {
  const command = await entry.load();
  const forms = (command.json ?? "").split("\n").filter((form) => form !== "");
  return [
    `### hutch ${entry.words.join(" ")}`,
    fenced("", helpText(entry, command, COLUMNS)),
    ...(forms.length === 0 ? [] : [fenced("ts", forms.map(documentOf).join("\n"))]),
  ].join("\n\n");
}

function documentOf(form: string): string {
  const [members = "", comment] = form.split(" // ");
  return `{ v: 1; ${members} }${comment === undefined ? "" : ` // ${comment}`}`;
}

function exitTable(): string {
  const rows = Object.entries(EXIT_CODES).map(
    ([code, exit]) => `| ${exit} | \`${code}\` | ${MEANINGS[code as ErrorCode]} |`,
  );
  return [
    "| exit | code | meaning |",
    "|---|---|---|",
    "| 0 | | done |",
    ...rows,
    "| 143 | `E_CANCELLED` | cancelled by SIGTERM |",
  ].join("\n");
}

/** The declarations of every type that `text` names, and of those that they name, in the order of the sources. */
function typesOf(text: string): string {
  const known = new Map<string, string>();
  for (const source of SOURCES) {
    const code = readFileSync(file(`src/core/${source}.ts`), "utf8");
    for (const [declaration, name = ""] of code.matchAll(
      /^export type (\w+) =[\s\S]*?;$(?=\n(?:\n|export|\/\*\*|const|function|$))/gm,
    )) {
      known.set(name, declaration);
    }
  }
  const wanted = new Set<string>();
  const want = (code: string) => {
    for (const [name] of code.matchAll(/\b[A-Z]\w+\b/g)) {
      const declaration = known.get(name);
      if (declaration === undefined || wanted.has(name)) continue;
      wanted.add(name);
      want(declaration);
    }
  };
  want(text);
  return [...known].flatMap(([name, declaration]) => (wanted.has(name) ? [declaration] : [])).join("\n\n");
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** Every page that is written from the table, by its path in the project. */
export async function pages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["docs/cli.md", await cliPage()],
    ["docs/keys.md", keysPage()],
    ["docs/man/hutch.1", await manPage(MEANINGS)],
  ]);
}

if (import.meta.main) {
  for (const [path, page] of await pages()) {
    if (!process.argv.includes("--check")) writeFileSync(file(path), page);
    else if (readFileSync(file(path), "utf8") !== page) {
      console.error(`${path} is stale: node scripts/gen-docs.ts`);
      process.exitCode = 1;
    }
  }
}
