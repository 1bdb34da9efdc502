/**
 * Node joins its threads before it exits, and a thread inside a C call cannot be interrupted: a process that exits while
 * libvirt stops a machine would hang until that is done. So while a thread is in a call, exiting goes by `_exit`, after
 * the listeners that were there before.
 */
import { writeSync } from "node:fs";
import { libc } from "../native/libc.ts";

let busy = 0;
let uncaught: unknown;

function remember(error: unknown): void {
  if (process.listenerCount("uncaughtException") === 0) uncaught = error;
}

function leave(code: number): void {
  // Node prints an uncaught error only after the exit listeners, and we do not come back from this one.
  if (uncaught !== undefined) writeSync(2, `${uncaught instanceof Error ? uncaught.stack : uncaught}\n`);
  libc().exit(code);
}

export function beginForeignWork(): void {
  if (busy++ > 0) return;
  process.on("exit", leave);
  process.on("uncaughtExceptionMonitor", remember);
}

export function endForeignWork(): void {
  if (--busy > 0) return;
  process.off("exit", leave);
  process.off("uncaughtExceptionMonitor", remember);
}
