/** Containers of the engine inside a VM: what there is, what each uses and may use, and what each wrote. */
import { cleanConsole, guestScript, parseEngineReport } from "#cloud-init";
import { readContainers } from "../core/container-report.ts";
import type { ContainerLogOptions, ContainerReport } from "../core/containers.ts";
import { HutchError } from "../core/errors.ts";
import { sshLines, sshRun } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import { enter, unlessAborted } from "./enter.ts";

const TAIL = 1000;

/**
 * Asks the guest once, over the shared connection; what each uses takes Docker some two seconds to tell. A guest without
 * an engine is no error. E_NOT_FOUND, E_CONFLICT (foreign, stopped), E_GUEST when ssh or the engine does not answer; an
 * abort rejects with the signal's reason.
 */
export async function containers(
  ctx: Context,
  name: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ContainerReport> {
  const stop = signal === undefined ? {} : { signal };
  const { machine, target } = await enter(ctx, name, { waits: false, ...stop });
  const answer = await sshRun(ctx.paths, target, ["sh", "-s"], {
    stdin: guestScript("containers-docker.sh"),
    ...stop,
  });
  const read = readContainers(answer.stdout, parseEngineReport(answer.stdout).facts);
  switch (read.engine) {
    case "docker":
      return { name: machine.name, ...read.report };
    case "none":
      return { name: machine.name, engine: null, docker: ["docker"], containers: [], total: 0 };
    case "silent":
      throw new HutchError({
        code: "E_GUEST",
        message: `The engine in ${machine.name} does not answer.`,
        why: read.why || cleanConsole(answer.stderr.trim().split("\n").at(-1) ?? ""),
        next: [`hutch engine status ${machine.name}`, `hutch exec ${machine.name} -- sudo systemctl start docker`],
      });
  }
}

/**
 * Lines, cleaned of escapes, complaints among them; what Docker itself complains of comes as a line too. Ends with the
 * container's output unless `follow`. Fails as `containers` does, but for the engine; ends at an abort.
 */
export async function* containerLogs(
  ctx: Context,
  name: string,
  container: string,
  { follow = false, tail = TAIL, signal }: ContainerLogOptions = {},
): AsyncIterable<string> {
  const reached = await unlessAborted(enter(ctx, name, { waits: false, ...(signal && { signal }) }), signal);
  if (reached === null) return;
  const { target } = reached;
  const script = "container-logs.sh";
  const words = ["docker", "logs", "--tail", `${tail}`, ...(follow ? ["--follow"] : []), "--", container];
  const lines = sshLines(ctx.paths, target, ["sh", "-c", guestScript(script), script, ...words], signal && { signal });
  for await (const line of lines) yield cleanConsole(line);
}
