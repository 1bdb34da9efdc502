/** `logs`: lines of a guest's console or of cloud-init, as they are or as they come. */
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { ndjson } from "../render/document.ts";
import { plain } from "../render/plain.ts";

/** 128 + SIGINT, as every program that is ended by Ctrl-C. */
const INTERRUPTED = 130;

export const logs: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID" }],
  flags: {
    cloudInit: toggle("--cloud-init", "cloud-init's log instead of the console (the VM must run)"),
    follow: toggle("-f, --follow", "go on with what comes; Ctrl-C ends it"),
  },
  json: "name: string; kind: LogKind; lines: string[]\nname: string; kind: LogKind; line: string // with ndjson, for each line",
  notes:
    "A console log that only root may read is not shown to others; -f then shows what comes from now on, as libvirt hands it over.",
  examples: ["hutch logs web", "hutch logs web -f", "hutch logs web --cloud-init"],
  run: async (cli, flags, { operands: [name = ""] }) => {
    const stop = new AbortController();
    let interrupted = false;
    const release = (["SIGINT", "SIGTERM"] as const).map((signal) =>
      cli.terminal.onSignal(signal, () => {
        interrupted = true;
        stop.abort();
      }),
    );
    const kind = flags.cloudInit ? "cloud-init" : "console";
    const signal = AbortSignal.any([stop.signal, cli.terminal.unread]);
    const warn = (text: string) => cli.warn(text);
    const lines: string[] = [];
    try {
      const hutch = await cli.hutch({ readonly: true });
      for await (const line of hutch.logs(name, { kind, follow: flags.follow, signal, warn })) {
        if (signal.aborted) break;
        if (cli.format === "ndjson") await cli.write(ndjson({ k: "line", name, kind, line }));
        else if (cli.format === "json" || cli.format === "yaml") lines.push(line);
        else await cli.write(`${line.split("\t").map(plain).join("\t")}\n`);
      }
    } finally {
      for (const each of release) each();
    }
    if (cli.format === "json" || cli.format === "yaml") {
      await cli.print({ data: { name, kind, lines }, text: () => "", names: [name] });
    }
    return interrupted ? INTERRUPTED : 0;
  },
});
