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

/** How the reason of a failed command begins; it stands at a lower level, before the module's own failure. */
const COMMAND_FAILED = "Unexpected error while running command";

/** Nothing, or one of cloud-init's fields with nothing in it. */
const EMPTY = /^((Reason|Stdout|Stderr): -)?\s*$/;

/**
 * The modules with warnings or errors in `/var/log/cloud-init.log`, in order, each with its lines, tracebacks and the
 * commands that failed in it.
 */
export function failingModules(logText: string): readonly FailingModule[] {
  const lines = new Map<string, string[]>();
  const failed = new Set<string>();
  let running = "cloud-init";
  let speaking: string | undefined;
  const add = (module: string, line: string): void => {
    const known = lines.get(module) ?? [];
    known.push(cleanConsole(line));
    lines.set(module, known);
  };
  for (const line of logText.split("\n")) {
    const [, file, level, message] = ENTRY.exec(line) ?? [];
    if (file === undefined || level === undefined || message === undefined) {
      // No date in front: a traceback, or the rest of a message.
      if (speaking !== undefined && !EMPTY.test(line)) add(speaking, line);
      continue;
    }
    const started = STARTED.exec(message)?.[1];
    if (started !== undefined) running = moduleName(started);
    speaking = message.startsWith(COMMAND_FAILED) ? running : undefined;
    if (FAILED.includes(level)) {
      speaking = moduleIn(file, message) ?? running;
      failed.add(speaking);
    }
    if (speaking !== undefined) add(speaking, message);
  }
  return [...failed].map((module) => ({ module, lines: (lines.get(module) ?? []).slice(0, MOST_LINES) }));
}

function moduleIn(file: string, message: string): string | undefined {
  const named = NAMED.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined);
  const name = named ?? /^cc_(\w+)\.py$/.exec(file)?.[1];
  return name === undefined ? undefined : moduleName(name);
}
