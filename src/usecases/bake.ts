/** `image bake`: runs a recipe once, in a throw-away VM, and makes its disk an image. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BakeRequest } from "../core/bake.ts";
import type { ImageRow } from "../core/requests.ts";
import { listBases, removeBase } from "../host/base-images.ts";
import { listMachines } from "../host/machines.ts";
import type { Pool } from "../host/pool.ts";
import { callerKeys } from "../host/ssh/keys.ts";
import { type Operation, type OpScope, startOperation } from "../ops/operation.ts";
import { replayInterrupted } from "../ops/replay.ts";
import { bakeInGuest, type GuestVisit } from "./bake-guest.ts";
import { type BakeOrder, bakedName, bakeOrder } from "./bake-order.ts";
import type { Context } from "./context.ts";
import { firstStart } from "./first-start.ts";
import { ownedByUuid } from "./guest.ts";
import { imageRow } from "./image-use.ts";
import { claim, fill } from "./launch.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { type Prepared, prepare, readyTimeout } from "./prepare.ts";
import { purgeOne } from "./purge-one.ts";
import { sealDisk } from "./seal-disk.ts";
import { undoOf, WORK_FOLDER } from "./undo-actions.ts";

/**
 * Whatever fails, and a cancel at any point, takes the VM and all else back; the images that the new one takes the place
 * of go last. E_USAGE, E_NOT_FOUND, E_CONFLICT, E_INVALID, E_HOST before anything is made; then the errors of a launch.
 * `visit` is what is done in the VM once it was started.
 */
export function bake(ctx: Context, request: BakeRequest, visit: GuestVisit = bakeInGuest): Operation<ImageRow> {
  const id = ctx.newId().replaceAll("-", "").slice(0, 8);
  const vm = `bake-${id}`;
  const name = bakedName(ctx, request);
  const env = operationEnvironment(ctx);
  const about = { kind: "image.bake", title: `Bake ${name}`, subject: `${name},${vm}` };
  return startOperation(env, about, async (op) => {
    const work = join(ctx.paths.imageCache, `${WORK_FOLDER}${op.id}`);
    // hutch enters it by a key that nothing else knows, and that is gone with it.
    const oven: Context = { ...ctx, paths: { ...ctx.paths, sshKey: join(work, "ssh", "id_ed25519") } };
    const { order, found } = await op.step("check", "Check the recipe", async (step) => {
      for (const { title, undone } of await replayInterrupted(env, name))
        step.note(`Cleaned up after an interrupted "${title}": ${undone.join(", ")}.`);
      const checked = await bakeOrder(ctx, request, name);
      const throwAway = { ...launchOf(request, checked), user: `baker-${id}` };
      return { order: checked, found: await prepare(oven, throwAway, vm, { planning: true, unbaked: true }) };
    });
    const prepared = await op.step("key", "Make a throw-away key", async (step) => {
      await step.undo(undoOf.workFolder(work));
      mkdirSync(work, { recursive: true, mode: 0o700 });
      const sshKeys = await callerKeys(oven.paths, ctx.caller, []);
      return { ...found, spec: { ...found.spec, sshKeys } };
    });
    const { pool } = await start(oven, op, request, order, prepared);
    await visit(oven, op, prepared.uuid, order, readyTimeout(request, prepared.accel.kind));
    const machine = await ownedByUuid(ctx, prepared.uuid);
    const image = await sealDisk(ctx, op, { machine, pool, order, work });
    await purgeOne(oven, op, machine);
    await op.step("replace", `Put ${name} in its place`, async (step) => {
      const older = order.replaces.filter(({ volume }) => volume !== image.volume);
      await replace(ctx, pool, older, (note) => step.note(note));
      rmSync(work, { recursive: true, force: true });
    });
    return imageRow(image, await listMachines(ctx.client), await listBases(ctx.client, pool));
  });
}

/** As hutch launches every VM, in an order that names nobody but the bake. */
function launchOf({ userData }: BakeRequest, { base, engine, diskBytes }: BakeOrder) {
  return { image: base, engine, diskBytes, sshKeys: [], ...(userData === undefined ? {} : { userData }) };
}

async function start(
  ctx: Context,
  op: OpScope,
  request: BakeRequest,
  order: BakeOrder,
  prepared: Prepared,
): Promise<{ readonly pool: Pool }> {
  const birth = await claim(ctx, op, prepared);
  const { userData, buildIfUnreachable = false } = request;
  const launching = { ...(userData === undefined ? {} : { userData }), buildIfUnreachable };
  await fill(ctx, op, launching, { ...prepared, source: order.source }, birth);
  await op.step("start", "Start", (step) => firstStart(ctx, prepared.uuid, step));
  return { pool: birth.pool };
}

/** An older one that a VM stands on stays in the store; launch takes the newest of a name. */
async function replace(
  ctx: Context,
  pool: Pool,
  older: BakeOrder["replaces"],
  tell: (note: string) => void,
): Promise<void> {
  const machines = await listMachines(ctx.client);
  for (const base of older) {
    const { name, volume } = base;
    const users = machines.filter(({ record }) => record?.image?.volume === volume).map((machine) => machine.name);
    if (users.length > 0) tell(`The older ${name} stays as long as there is ${users.join(", ")}.`);
    else await removeBase(ctx.client, pool, base, ctx.paths);
  }
}
