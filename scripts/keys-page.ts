/** docs/keys.md, from the registry of actions of the terminal UI. */
import { commandLine } from "../src/tui/actions/action.ts";
import { ACTIONS, keyWord } from "../src/tui/actions/registry.ts";
import { SCREEN } from "../src/tui/screens/screens.ts";

const TARGET = { key: "web", name: "web", words: ["web"] };

/** The page as it should be. */
export function keysPage(): string {
  const groups = [...new Set(ACTIONS.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const rows = ACTIONS.filter((action) => action.group === group).map((action) => {
      const keys = action.keys.map((key) => `\`${keyWord(key, true).replace("|", "\\|")}\``).join(" ");
      const screens = action.on.map((screen) => SCREEN[screen].title).join(", ") || "everywhere";
      const on = action.tab === undefined ? screens : `${screens}, in the tab ${action.tab}`;
      // What is done to a container is an exec in its VM, in Docker's words.
      const command = action.group === "Container" ? null : commandLine(action, [TARGET], null);
      return `| \`${action.id}\` | ${keys} | ${action.title} | ${on} | ${command === null ? "" : `\`${command}\``} |`;
    });
    return `## ${group}\n\n| action | keys | what it does | where | in a shell |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `${HEAD}\n${sections.join("\n")}`;
}

const HEAD = `# Keys of the terminal UI

Written by \`scripts/gen-docs.ts\` from the registry that also makes the footer, the help (\`?\`), the palette (\`x\`) and
what \`:\` takes: \`:vm.stop\` does what its key does.

Each action takes other keys in the config file, or by \`hutch config set\`:

\`\`\`console
$ hutch config set ui.keys.vm.stop ctrl-s
$ hutch config set ui.keys.vm.pause none
\`\`\`

Keys are written \`s\`, \`S\`, \`ctrl-s\`, \`alt-s\`, \`enter\`, \`space\`, \`tab\`, \`pgdn\`, \`shift-up\`; several have commas between
them. A key does one thing only. What loses data takes a capital letter, \`alt-…\` or \`delete\`, and asks for the name
whatever its key is. In the file:

\`\`\`yaml
ui:
  theme: light # or dark
  mouse: no
  ascii: no
  screenReader: no
  readonly: no
  keys:
    vm.stop: ctrl-s
    vm.edit: [E, alt-e]
views:
  prod:
    filter: state=running tag=prod
    sort: -memory
    columns: [name, state, cpu, memory, tags]
\`\`\`

A view is looked at by \`w\`, \`:view prod\` or \`hutch list --view prod\`; \`:view save prod\` keeps what is seen now.
Columns are those of \`hutch list --help\`, and \`host\`, \`cpu\`, \`load\`, \`io\` and \`net\` on the screen only.
`;
