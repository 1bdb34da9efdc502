/** A VM with an empty disk, and an image in its drive to install from by hand: nothing of it is set up, and nothing waited for. */
import { HutchError } from "../core/errors.ts";
import { type MachineRecord, NO_UPKEEP, RECORD_SCHEMA } from "../core/machine/record.ts";
import type { LaunchPlan, LaunchRequest, LaunchResult, StageTime } from "../core/requests.ts";
import { domainXml } from "../host/domain-xml.ts";
import { startDomain } from "../host/domains.ts";
import { ensurePool, type Pool, poolAt } from "../host/pool.ts";
import { volumeFromFile } from "../host/volume-bytes.ts";
import { createEmptyDisk } from "../host/volumes.ts";
import { type Operation, type OpScope, startOperation } from "../ops/operation.ts";
import { replayInterrupted } from "../ops/replay.ts";
import { bornRecord, claim, letGo, makingOf, settle } from "./birth.ts";
import type { Context } from "./context.ts";
import { domainInputOf } from "./domain-input.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { nameOf, type Prepared, prepare, readyTimeout, volumesOf } from "./prepare.ts";
import { becomeReady } from "./ready.ts";
import { undoOf } from "./undo-actions.ts";

export type InstallRequest = LaunchRequest & { readonly iso: string };

/** E_USAGE for what needs an image or cloud-init; else it fails, and is taken back, as a launch is. */
export function installByHand(ctx: Context, request: InstallRequest): Operation<LaunchResult> {
  const name = nameOf(ctx, request);
  const env = operationEnvironment(ctx);
  return startOperation(env, { kind: "launch", title: `Launch ${name}`, subject: name }, async (op) => {
    const prepared = await op.step("check", "Check the order", async (step) => {
      for (const { title, undone } of await replayInterrupted(env, name))
        step.note(`Cleaned up after an interrupted "${title}": ${undone.join(", ")}.`);
      assertByHand(request);
      const found = await prepare(ctx, request, name);
      if (found.accel.kind === "tcg") step.note(found.accel.why, "warn");
      return found;
    });
    const { uuid, accel } = prepared;
    const pool = await op.step("pool", "Open the pool", () => ensurePool(ctx.client, ctx.home, ctx.paths));
    await claim(ctx, op, prepared, pool, recordOf(ctx, op.id, prepared, pool));
    if (request.keepOnFailure === true) op.keepOnFailure();
    await fill(ctx, op, prepared, pool);
    await settle(ctx, op, prepared, pool, null);
    if (prepared.spec.autostart) await ctx.client.call("domain.setAutostart", { uuid, autostart: true });
    const warnings = accel.kind === "tcg" ? [accel.why] : [];
    if (request.start === false) return { machine: await letGo(ctx, op, uuid, []), stages: [], warnings };
    await op.step("start", "Start", (step) => startDomain(ctx.client, uuid, step.signal));
    const machine = await letGo(ctx, op, uuid, []);
    const stages = await whenRunning(ctx, op, uuid, readyTimeout(request, accel.kind));
    return { machine, stages, warnings };
  });
}

/** Changes nothing. */
export async function planByHand(ctx: Context, request: InstallRequest): Promise<LaunchPlan> {
  assertByHand(request);
  const prepared = await prepare(ctx, request, nameOf(ctx, request), { planning: true });
  const pool = await poolAt(ctx.client, ctx.home, ctx.paths);
  return {
    spec: prepared.spec,
    xml: domainXml(domainInputOf(ctx, prepared, recordOf(ctx, "", prepared, pool), pool)),
    seed: {},
    steps: [
      "check",
      "pool",
      "claim",
      "disk",
      "iso",
      "network",
      ...(request.start === false ? [] : ["start", "running"]),
    ],
    notes: [],
  };
}

async function whenRunning(ctx: Context, op: OpScope, uuid: string, timeoutMs: number): Promise<readonly StageTime[]> {
  return (await becomeReady(ctx, op, uuid, { until: "running", timeoutMs })).stages;
}

async function fill(ctx: Context, op: OpScope, prepared: Prepared, pool: Pool): Promise<void> {
  const { spec, installFrom } = prepared;
  const names = volumesOf(prepared.uuid, prepared);
  const making = makingOf(op, prepared);
  await op.step("disk", "Make the disk", async (step) => {
    const disks = [names.root, ...names.data].map((name, index) => ({
      name,
      bytes: index === 0 ? spec.diskBytes : (spec.dataDiskBytes[index - 1] ?? 0),
    }));
    for (const disk of disks) {
      await step.undo(undoOf.volume(making, pool.name, disk.name));
      await createEmptyDisk(ctx.client, pool, disk);
    }
  });
  if (installFrom?.kind !== "file") return;
  await op.step("iso", "Copy the image into the pool", async (step) => {
    await step.undo(undoOf.volume(making, pool.name, names.install));
    await volumeFromFile(ctx.client, pool.name, names.install, installFrom.path, {
      signal: step.signal,
      onProgress: (done, total) => step.progress(done, total, "bytes"),
    });
  });
}

/** No image that it stands on, no seed, no host key: hutch knows nothing of what will be inside. */
function recordOf(ctx: Context, op: string, prepared: Prepared, pool: Pool): MachineRecord {
  const names = volumesOf(prepared.uuid, prepared);
  return {
    ...NO_UPKEEP,
    schema: RECORD_SCHEMA,
    ...bornRecord(ctx, op, prepared, pool),
    volumes: [names.root, ...names.data, ...(prepared.installFrom?.kind === "file" ? [names.install] : [])],
    seedVolume: null,
    image: null,
    hostKey: null,
    cloudInit: null,
    engine: null,
  };
}

function assertByHand(request: InstallRequest): void {
  const given: readonly (readonly [string, boolean])[] = [
    ["an image", request.image !== undefined],
    ["--engine", request.engine != null],
    ["--cloud-init", request.userData !== undefined],
    ["--ssh-key", request.sshKeys !== undefined],
    ["--set user", request.user !== undefined],
    ["--mount", (request.mounts ?? []).length > 0],
    ["--console-password", request.consolePassword === true],
    ["--wait-for", request.waitFor !== undefined && request.waitFor !== "running"],
  ];
  const wrong = given.filter(([, isGiven]) => isGiven).map(([flag]) => flag);
  if (wrong.length === 0) return;
  throw new HutchError({
    code: "E_USAGE",
    message: `--iso and ${wrong.join(", ")} do not go together.`,
    why: "What is installed by hand is not set up by hutch: it follows the VM until it runs.",
    next: [`hutch launch --iso ${request.iso}`],
  });
}
