/** `ssh-config`: plain `ssh NAME` for every VM; `inventory`: the same for Ansible. */
import type { SshConfig } from "../../core/enter.ts";
import { HutchError } from "../../core/errors.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";

export const sshConfig: Command = defineCommand({
  operands: [],
  flags: {
    install: toggle("--install", "write it to a file of hutch's own, which ~/.ssh/config then includes"),
    remove: toggle("--remove", "take that away again"),
  },
  json: ["config: SshConfig", "removed: boolean // with --remove"].join("\n"),
  examples: ["hutch ssh-config --install && ssh web", "hutch ssh-config | tee -a other_config"],
  notes:
    "With the VM's own host key, hutch's key and yours, and one connection shared with hutch. Once installed, hutch keeps it true as VMs come, move and go.",
  run: async (cli, { install, remove }) => {
    if (install && remove)
      throw new HutchError({ code: "E_USAGE", message: "--install and --remove do not go together." });
    const hutch = await cli.hutch({ readonly: true });
    if (remove) {
      const removed = await hutch.sshConfig.remove();
      cli.say(removed ? "Taken out of ~/.ssh/config." : "There was nothing to take away.");
      await cli.print({ data: { removed }, text: () => "", names: [] });
      return;
    }
    const config = install ? await hutch.sshConfig.install() : await hutch.sshConfig.read();
    if (install) cli.say(`Installed: ${config.hosts.map((name) => `ssh ${name}`).join(", ") || "no VM yet"}.`);
    tellLeft(cli, config.left);
    await cli.print({ data: { config }, text: () => (install ? "" : config.text), names: config.hosts });
  },
});

export const inventory: Command = defineCommand({
  operands: [],
  flags: { ansible: toggle("--ansible", "in Ansible's own YAML (the only form there is)") },
  json: "inventory: Inventory",
  examples: ["hutch inventory --ansible > hosts.yaml && ansible all -i hosts.yaml -m ping"],
  notes: "Tags become groups. VMs that hutch did not make are left out, and named.",
  run: async (cli) => {
    const hutch = await cli.hutch({ readonly: true });
    const found = await hutch.inventory();
    tellLeft(cli, found.left);
    await cli.print({ data: { inventory: found }, text: () => found.text, names: found.hosts });
  },
});

function tellLeft(cli: Cli, left: SshConfig["left"]): void {
  for (const { name, why } of left) cli.say(`Left out: ${name}, for ${why}.`);
}
