/** `logs`: lines of a guest's console, of cloud-init or of QEMU, as they are or as they come. */
import { HutchError } from "../../core/errors.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { ndjson } from "../render/document.ts";
import { plain } from "../render/plain.ts";
import { untilStopped } from "../watching.ts";

export const logs: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID", of: "vm" }],
  flags: {
    cloudInit: toggle("--cloud-init", "cloud-init's log instead of the console (the VM must run)"),
    qemu: toggle("--qemu", "QEMU's own log: its command line, and what it complained of"),
    follow: toggle("-f, --follow", "go on with what comes; Ctrl-C ends it"),
  },
  json: "name: string; kind: LogKind; lines: string[]\nname: string; kind: LogKind; line: string // with ndjson, for each line",
  notes:
    "A console log that only root may read is not shown to others; -f then shows what comes from now on, as libvirt hands it over.",
  examples: ["hutch logs web", "hutch logs web -f", "hutch logs web --cloud-init", "hutch logs web --qemu"],
  run: async (cli, flags, { operands: [name = ""] }) => {
    if (flags.cloudInit && flags.qemu) {
      throw new HutchError({
        code: "E_USAGE",
        message: "--cloud-init and --qemu do not go together.",
        next: [`hutch logs ${name} --qemu`],
      });
    }
    const kind = flags.cloudInit ? "cloud-init" : flags.qemu ? "qemu" : "console";
    const warn = (text: string) => cli.warn(text);
    const whole = cli.format === "json" || cli.format === "yaml";
    const lines: string[] = [];
    const exitCode = await untilStopped(cli, async (signal) => {
      const hutch = await cli.hutch({ readonly: true });
      for await (const line of hutch.logs(name, { kind, follow: flags.follow, signal, warn })) {
        if (signal.aborted) break;
        if (cli.format === "ndjson") await cli.write(ndjson({ k: "line", name, kind, line }));
        else if (whole) lines.push(line);
        else await cli.write(`${line.split("\t").map(plain).join("\t")}\n`);
      }
    });
    if (whole) await cli.print({ data: { name, kind, lines }, text: () => "", names: [name] });
    return exitCode;
  },
});
