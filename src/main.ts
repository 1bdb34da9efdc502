/** The composition root: this process's words, streams and signals, given to the command line. */
import { readFileSync } from "node:fs";
import { runCli } from "./cli/run.ts";
import type { Terminal } from "./cli/terminal.ts";
import * as library from "./index.ts";

const LEAVE_MS = 1_000;
const unread = new AbortController();

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  unread.abort();
});

const terminal: Terminal = {
  // Streams are opened when they are used: it is a tenth of a short command's time.
  stdin: {
    get isTTY() {
      return process.getBuiltinModule("node:tty").isatty(0);
    },
    open: () => process.stdin,
    setRaw: (raw) => process.stdin.setRawMode(raw),
  },
  stdout: process.stdout,
  get stderr() {
    // What is told to a closed stderr is lost; the work goes on.
    if (process.stderr.listenerCount("error") === 0) process.stderr.on("error", () => undefined);
    return process.stderr;
  },
  env: process.env,
  version: () => JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
  // Read at once: as a part of the first file it costs less than a file of its own would.
  library: async () => library,
  onSignal: (signal, handler) => {
    process.on(signal, handler);
    return () => process.off(signal, handler);
  },
  unread: unread.signal,
  keyFaults: async (asked) => (await import("./terminal-ui.ts")).keyFaults(asked),
  ui: async (start) => {
    const code = await (await import("./terminal-ui.ts")).openUi(start, terminal);
    // A host that went silent may hold a call for minutes. The timer itself holds up nothing.
    setTimeout(() => process.exit(code), LEAVE_MS).unref();
    return code;
  },
};

process.exitCode = await runCli(process.argv.slice(2), terminal);
