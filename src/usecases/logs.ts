/** What a guest said (its console from the log on the host, cloud-init's own log over ssh), and what QEMU said of it. */
import { stat } from "node:fs/promises";
import { cleanConsole } from "#cloud-init";
import { HutchError } from "../core/errors.ts";
import { isActive } from "../core/machine/status.ts";
import type { LogKind } from "../core/requests.ts";
import { followConsole, qemuLogPath, readConsole } from "../host/console-log.ts";
import { consoleSource, followSource } from "../host/console-source.ts";
import { findMachine } from "../host/machines.ts";
import { sshLines } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import { enter, unlessAborted } from "./enter.ts";

export type LogOptions = {
  readonly kind: LogKind;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  /** Told when lines are missing that were written before. */
  readonly warn?: (text: string) => void;
  /** While a console is followed: told what stands after its last line, as a prompt does, whenever that changes. */
  readonly onPrompt?: (text: string) => void;
};

const CLOUD_INIT_LOG = "/var/log/cloud-init-output.log";

/**
 * Lines, cleaned of escapes. E_NOT_FOUND; E_CONFLICT for cloud-init's log of a stopped VM, where there is no such log to
 * read, of a VM that was never started, and where somebody else has the console of which there is none; E_HOST for a log of
 * QEMU's that this user may not read.
 */
export async function* logs(ctx: Context, name: string, options: LogOptions): AsyncIterable<string> {
  const { kind, follow, signal } = options;
  const lines =
    kind === "console"
      ? await consoleLines(ctx, name, options)
      : await { "cloud-init": cloudInitLines, qemu: qemuLines }[kind](ctx, name, follow ?? false, signal);
  for await (const line of lines) yield cleanConsole(line);
}

async function consoleLines(
  ctx: Context,
  word: string,
  { follow = false, signal = new AbortController().signal, warn, onPrompt }: LogOptions,
): Promise<AsyncIterable<string>> {
  const { uuid, name } = await findMachine(ctx.client, word);
  const source = await consoleSource(ctx.client, ctx.home, uuid);
  if (source.kind === "file") {
    const isMissing = !(await isThere(source.path));
    if (!follow && isMissing)
      throw new HutchError({
        code: "E_CONFLICT",
        message: `There is no console log of ${name}.`,
        why: neverStarted(source.path),
        next: [`hutch start ${name}`],
      });
    if (!follow) return readConsole(source.path);
    if (isMissing) warn?.(`${name} was never started here: its lines come once it is.`);
  } else {
    if (!follow)
      throw new HutchError({
        code: "E_CONFLICT",
        message: `The console of ${name} cannot be read back.`,
        why: `${source.missing} libvirt itself hands over what comes from now on.`,
        next: [...(source.asRoot ? [`sudo hutch logs ${name}`] : []), `hutch logs ${name} -f`],
      });
    warn?.(source.missing);
  }
  return followSource(ctx.client, source, { uuid, name, signal, onPrompt });
}

function linesIn(file: string, follow: boolean, signal = new AbortController().signal): AsyncIterable<string> {
  return follow ? followConsole(file, { fromStart: true, signal }) : readConsole(file);
}

async function qemuLines(
  ctx: Context,
  name: string,
  follow: boolean,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<string>> {
  const machine = await findMachine(ctx.client, name);
  const { name: domain } = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
  const file = qemuLogPath(ctx.home, ctx.paths, domain);
  if (file === null || !(await isThere(file))) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `There is no log of QEMU's for ${machine.name}.`,
      why: file === null ? "Only a QEMU of this host keeps one that can be read from here." : neverStarted(file),
      next: [isActive(machine.status) || file === null ? `hutch logs ${machine.name}` : `hutch start ${machine.name}`],
    });
  }
  return linesIn(file, follow, signal);
}

function neverStarted(file: string): string {
  return `It was never started here: ${file} is missing.`;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    // A folder that may not be looked into says nothing of the file: reading it will tell.
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

async function* cloudInitLines(
  ctx: Context,
  name: string,
  follow: boolean,
  signal: AbortSignal | undefined,
): AsyncIterable<string> {
  const reached = await unlessAborted(enter(ctx, name, signal && { signal }), signal);
  if (reached === null) return;
  const tail = follow ? ["tail", "-n", "+1", "-F", CLOUD_INIT_LOG] : ["cat", CLOUD_INIT_LOG];
  yield* sshLines(ctx.paths, reached.target, ["sudo", "-n", ...tail], signal && { signal });
}
