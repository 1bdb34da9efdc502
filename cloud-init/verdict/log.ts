import { cleanConsole } from "../console/clean.ts";
import { moduleName } from "./status.ts";

/** A module that something went wrong in, and what its log says about that. `cloud-init`: no module, the program itself. */
export type FailingModule = { readonly module: string; readonly lines: readonly string[] };

/** Lines that are told of one module. */
const MOST_LINES = 20;

/** `2026-01-31 10:00:00,123 - cc_scripts_user.py[WARNING]: …`, with or without milliseconds. */
const ENTRY = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]?\d* - ([\w.-]+)\[([A-Z]+)\]: (.*)$/;
/** `start: modules-final/config-scripts_user: running config-scripts_user …` */
const STARTED = /^start: [\w-]+\/config-([\w-]+):/;
const NAMED = [/^Running module ([\w-]+) \(/, /^Failed to run module ([\w-]+)/, /^\(["']([\w-]+)["'],/];
const FAILED = ["WARNING", "ERROR", "CRITICAL"];

/** The modules with warnings or errors in `/var/log/cloud-init.log`, in order, each with its lines and tracebacks. */
export function failingModules(logText: string): readonly FailingModule[] {
  const lines = new Map<string, string[]>();
  let running = "cloud-init";
  let failing: string | undefined;
  const add = (module: string, line: string): void => {
    const known = lines.get(module) ?? [];
    known.push(cleanConsole(line));
    lines.set(module, known);
  };
  for (const line of logText.split("\n")) {
    const [, file, level, message] = ENTRY.exec(line) ?? [];
    if (file === undefined || level === undefined || message === undefined) {
      // No date in front: a traceback, or the rest of a message.
      if (failing !== undefined && line.trim() !== "") add(failing, line);
      continue;
    }
    const started = STARTED.exec(message)?.[1];
    if (started !== undefined) running = moduleName(started);
    failing = FAILED.includes(level) ? (moduleIn(file, message) ?? running) : undefined;
    if (failing !== undefined) add(failing, message);
  }
  return [...lines].map(([module, said]) => ({ module, lines: said.slice(0, MOST_LINES) }));
}

function moduleIn(file: string, message: string): string | undefined {
  const named = NAMED.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined);
  const name = named ?? /^cc_(\w+)\.py$/.exec(file)?.[1];
  return name === undefined ? undefined : moduleName(name);
}
