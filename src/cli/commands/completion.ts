/** `completion`: what makes a shell complete hutch's words. */
import { type Command, defineCommand } from "../command.ts";
import { completionScript } from "../completion/script.ts";
import { oneOf } from "../flags.ts";
import { SHELLS } from "../known-names.ts";

export const completion: Command = defineCommand({
  operands: [{ syntax: "<shell>", text: SHELLS.join(", "), of: "shell" }],
  flags: {},
  examples: [
    "source <(hutch completion bash)",
    "hutch completion zsh > ~/.zsh/completions/_hutch",
    "hutch completion fish > ~/.config/fish/completions/hutch.fish",
  ],
  notes: "Commands, flags, and the names of VMs, images, snapshots, networks and pools of the host that is in use.",
  run: async (cli, _flags, { operands: [shell = ""] }) => {
    await cli.write(completionScript(oneOf(SHELLS)(shell, "completion")));
  },
});
