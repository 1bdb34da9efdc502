/** What cloud-init says of itself when it has finished, with the module and its log lines where something went wrong. */
import {
  type CloudInitVerdict,
  endedCleanly,
  failingModules,
  type GuestScript,
  guestScript,
  parseStatus,
} from "#cloud-init";
import { HutchError } from "../core/errors.ts";
import type { CloudInitRecord } from "../core/machine/record.ts";
import { updateRecord } from "../host/records.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import { type OwnedMachine, reachTarget } from "./guest.ts";

/** The end of cloud-init's log is where its errors are. */
const LOG_BYTES = 256 * 1024;

/**
 * Waits for cloud-init, records its verdict and resolves to warnings when it ended degraded. Rejects with E_GUEST when it
 * failed: a failed user-data is never "ready".
 */
export async function cloudInitVerdict(
  ctx: Context,
  machine: OwnedMachine,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const target = await reachTarget(ctx, machine);
  const { verdict, stderr } = await askFor(ctx, target, signal);
  if (verdict.state === "running" || verdict.state === "not-run") throw brokenOff(machine.name, stderr);

  const errors = [...verdict.errors, ...verdict.recoverable].map(({ module, message }) =>
    module === undefined ? message : `${module}: ${message}`,
  );
  const record: CloudInitRecord = { state: verdict.state, errors };
  await updateRecord(ctx.client, ctx.paths, machine.uuid, (before) => ({ ...before, cloudInit: record }));
  if (verdict.state === "done") return [];
  if (verdict.state === "disabled")
    return ["cloud-init is switched off in this image: user, keys and user-data may not have been applied."];

  const log = await sshRun(
    ctx.paths,
    target,
    ["sudo", "-n", "tail", "-c", String(LOG_BYTES), "/var/log/cloud-init.log"],
    { signal },
  );
  const modules = failingModules(log.stdout);
  const lines = modules.flatMap(({ module, lines: said }) => said.map((line) => `${module}: ${line}`));
  if (verdict.state === "degraded")
    return [`cloud-init finished, but not cleanly: ${errors.join("; ") || "see its log"}`, ...lines];
  throw new HutchError({
    code: "E_GUEST",
    message: `cloud-init failed in ${machine.name}: ${errors.join("; ") || "it does not say why"}`,
    why: "What your user-data asked for was not all done, so the VM is not ready. It is kept as it is.",
    details: { modules: modules.map(({ module }) => module), log: lines },
    next: [`hutch logs ${machine.name} --cloud-init`, `hutch shell ${machine.name}`, `hutch delete ${machine.name}`],
  });
}

/** How `wait-cloud-init.sh` says that cloud-init itself has to be asked. */
const ASK = 4;

/** Its files tell a clean end; for all else cloud-init is started, which takes seconds under emulation. */
async function askFor(
  ctx: Context,
  target: SshTarget,
  signal: AbortSignal,
): Promise<{ readonly verdict: CloudInitVerdict; readonly stderr: string }> {
  const run = (name: GuestScript) => sshRun(ctx.paths, target, ["sh", "-s"], { stdin: guestScript(name), signal });
  const waited = await run("wait-cloud-init.sh");
  if (waited.code === 0 && endedCleanly(waited.stdout))
    return { verdict: { state: "done", errors: [], recoverable: [] }, stderr: "" };
  const { code, stdout, stderr } = waited.code === 0 || waited.code === ASK ? await run("ask-cloud-init.sh") : waited;
  return { verdict: parseStatus({ stdout, exitCode: code }), stderr };
}

function brokenOff(name: string, stderr: string): HutchError {
  return new HutchError({
    code: "E_GUEST",
    message: `The connection to ${name} broke off before cloud-init had finished.`,
    ...(stderr.trim() === "" ? {} : { why: stderr.trim() }),
    next: [`hutch wait ${name} --for cloud-init`, `hutch logs ${name} -f`],
  });
}
