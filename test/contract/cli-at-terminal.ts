/** `hutch` on this process's own terminal, with one VM to delete: the test driver cannot hold one that hutch made. */
import { runCli } from "../../src/cli/run.ts";
import { diagnose, engineRecipes, type Hutch, libvirtVersion } from "../../src/index.ts";
import { finished, machine } from "../unit/cli/stand-in.ts";

const hutch: Pick<Hutch, "notes" | "list" | "delete" | "close"> = {
  notes: [],
  list: async () => [machine("web")],
  delete: ({ names }) => finished(names.map((name) => ({ name, done: true, message: "gone", warnings: [] }))),
  close: async () => undefined,
};

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: { isTTY: process.stdin.isTTY, open: () => process.stdin },
  stdout: process.stdout,
  stderr: process.stderr,
  env: {},
  version: () => "0.0.0-test",
  ui: async () => 0,
  library: async () => ({ connect: async () => hutch as Hutch, diagnose, engineRecipes, libvirtVersion }),
  onSignal: () => () => undefined,
  unread: new AbortController().signal,
});
