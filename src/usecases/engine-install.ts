/** The companion mode: a container engine inside the VM, by one recipe, at launch or later. */
import { engineEnvironment, engineScript, findEngine } from "#cloud-init";
import { HutchError } from "../core/errors.ts";
import type { EngineRecord } from "../core/machine/record.ts";
import type { EngineStatus } from "../core/requests.ts";
import { updateRecord } from "../host/records.ts";
import { renewLogin, type SshTarget } from "../host/ssh/command.ts";
import { type Operation, type StepScope, startOperation } from "../ops/operation.ts";
import { type Context, timestamp } from "./context.ts";
import { engineStatus } from "./engine-status.ts";
import { ownedByUuid, reach, reachTarget } from "./guest.ts";
import { type GuestReport, runInGuest } from "./guest-script.ts";
import { operationEnvironment } from "./operation-environment.ts";

export type EngineOptions = { readonly mirror?: string };

/** Installs `engine` in each VM in turn and verifies it by a container. E_USAGE for an unknown engine, E_GUEST when it fails. */
export function installEngine(
  ctx: Context,
  engine: string,
  names: readonly string[],
  options: EngineOptions,
): Operation<readonly EngineStatus[]> {
  const about = { kind: "engine.install", title: `Install ${engine} in ${names.join(", ")}`, subject: names.join(",") };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const known = usableEngine(ctx, engine, options);
    const done: EngineStatus[] = [];
    for (const name of names) {
      await op.step(`engine ${name}`, `Install ${known} in ${name}`, async (step) => {
        const { machine } = await reach(ctx, name);
        await updateRecord(ctx.client, ctx.paths, machine.uuid, (record) => ({
          ...record,
          spec: { ...record.spec, engine: known },
        }));
        for (const warning of await installEngineIn(ctx, machine.uuid, step, step.signal, options))
          step.note(warning, "warn");
      });
      done.push(await engineStatus(ctx, name));
    }
    return done;
  });
}

/** Installs and verifies the engine of the VM's spec; resolves to warnings. */
export async function installEngineIn(
  ctx: Context,
  uuid: string,
  step: StepScope,
  signal: AbortSignal,
  options: EngineOptions = {},
): Promise<readonly string[]> {
  const machine = await ownedByUuid(ctx, uuid);
  const engine = knownEngine(machine.record.spec.engine ?? "");
  const target = await reachTarget(ctx, machine);
  const environment = recipeEnvironment(ctx, engine, machine.record.spec.user, options);

  const installed = await runRecipe(
    ctx,
    machine.name,
    target,
    engineScript(engine, "install"),
    environment,
    step,
    signal,
  );
  const verified = await runRecipe(
    ctx,
    machine.name,
    target,
    engineScript(engine, "verify"),
    environment,
    step,
    signal,
  );
  // The login user's new group counts from the next login on.
  await renewLogin(ctx.paths, target);
  const facts = { ...installed.facts, ...verified.facts };
  const record: EngineRecord = {
    name: engine,
    version: facts["version"] ?? "",
    source: facts["source"] ?? "",
    installedAt: timestamp(ctx),
  };
  await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({ ...before, engine: record }));
  return [...installed.warnings, ...verified.warnings];
}

/** The name that recipes know it by. E_USAGE, before any guest is touched, for an unknown engine or settings that cannot be. */
export function usableEngine(ctx: Context, word: string, options: EngineOptions = {}): string {
  const engine = knownEngine(word);
  recipeEnvironment(ctx, engine, ctx.caller.guestUser, options);
  return engine;
}

function recipeEnvironment(ctx: Context, engine: string, user: string, { mirror }: EngineOptions) {
  try {
    return engineEnvironment({ engine, user, ...ctx.config.engine, ...(mirror === undefined ? {} : { mirror }) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new HutchError({ code: "E_USAGE", message: error.message, next: ["hutch engine recipes"] }, error);
  }
}

function knownEngine(word: string): string {
  const engine = findEngine(word);
  if ("name" in engine) return engine.name;
  throw new HutchError({
    code: "E_USAGE",
    message: `There is no engine "${word}".`,
    next: [...engine.suggestions.map((name) => `Did you mean "${name}"?`), "hutch engine recipes"],
  });
}

/** Runs one of the recipe's scripts as root in the guest. */
function runRecipe(
  ctx: Context,
  name: string,
  target: SshTarget,
  script: string,
  environment: Readonly<Record<string, string>>,
  step: Pick<StepScope, "note">,
  signal: AbortSignal | undefined,
): Promise<GuestReport> {
  const failure = `The engine could not be installed in ${name}`;
  const next = [`hutch engine install docker ${name}`, `hutch shell ${name}`];
  return runInGuest(ctx, target, { script, environment, failure, next }, step, signal);
}
