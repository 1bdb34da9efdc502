/** `edit`: the definition itself, in the user's editor. */
import { HutchError } from "../../core/errors.ts";
import { diffLines } from "../../core/line-diff.ts";
import { shellWord } from "../../core/shell-word.ts";
import { type Command, defineCommand } from "../command.ts";
import { follow } from "../progress/follow.ts";
import { confirm } from "../prompts.ts";
import { plain } from "../render/plain.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";

export const edit: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID", of: "vm" }],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch edit web", "EDITOR='code --wait' hutch edit web"],
  notes:
    "Opens libvirt's definition in $VISUAL or $EDITOR, shows what you changed and asks before it is defined. libvirt checks it; hutch's own record is not in it. A running VM has it from its next start on.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    if (!cli.interactive) {
      throw new HutchError({
        code: "E_USAGE",
        message: "edit opens an editor, and there is no terminal for it.",
        next: ["hutch set --help: what can be set without an editor", `virsh dumpxml --inactive ${shellWord(name)}`],
      });
    }
    const hutch = await cli.hutch();
    const { name: known, xml: before } = await hutch.definition(name);
    const after = await hutch.openEditor(before);
    const lines = diffLines(before, after);
    if (lines.length === 0) {
      await printResults(cli, [{ name: known, done: true, message: "nothing was changed", warnings: [] }]);
      return undefined;
    }
    const { green, red, dim } = cli.paint;
    const paints = { "+": green, "-": red, " ": dim };
    for (const { mark, text } of lines) cli.terminal.stderr.write(`${paints[mark](`${mark} ${plain(text)}`)}\n`);
    if (!cli.globals.yes && !(await confirm(cli, `Define ${known} so?`)))
      throw new HutchError({ code: "E_CANCELLED", message: "Nothing was changed." });
    await printResults(cli, [await follow(cli, hutch.redefine(name, { before, after }))]);
    return undefined;
  },
});
