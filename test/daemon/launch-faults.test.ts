import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findMachine } from "../../src/host/machines.ts";
import { findInterrupted } from "../../src/ops/replay.ts";
import { launch } from "../../src/usecases/launch.ts";
import { operationEnvironment } from "../../src/usecases/operation-environment.ts";
import { remove } from "../../src/usecases/trash.ts";
import { blankVm } from "../support/blank-vm.ts";
import { atPoint, type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";
import { BEFORE_START, LAUNCH_POINTS, ONCE_STARTED } from "../support/launch-points.ts";

/** With its number, which tells two of the same name apart. */
const numbered = (points: readonly string[], from = 0) => points.map((point, index) => [from + index, point] as const);

let ground: LaunchGround;
beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

const breaks = (number: number) =>
  atPoint(number, () => {
    throw new Error("broken on purpose");
  });

describe("launch", () => {
  it("passes the points at which it is broken below", async () => {
    const passed: string[] = [];
    const ctx = await ground.context(({ step, phase }) => void passed.push(`${step} ${phase}`));
    const before = await ground.world();
    await launch(ctx, blankVm("t-points", ground.image)).result;
    expect(passed).toEqual(LAUNCH_POINTS);
    await remove(await ground.context(), { names: ["t-points"], purge: true }).result;
    expect(await ground.world()).toEqual(before);
  });

  it.each(numbered(BEFORE_START))("leaves nothing when point %i (%s) breaks", async (number) => {
    const before = await ground.world();
    const ctx = await ground.context(breaks(number));
    await expect(launch(ctx, blankVm("t-broken", ground.image)).result).rejects.toMatchObject({
      message: expect.stringContaining("broken on purpose"),
      left: [],
    });
    expect(await ground.world()).toEqual(before);
  });

  it.each(numbered(ONCE_STARTED, BEFORE_START.length))("keeps the VM when point %i (%s) breaks", async (number) => {
    const before = await ground.world();
    const ctx = await ground.context(breaks(number));
    await expect(launch(ctx, blankVm("t-kept", ground.image)).result).rejects.toMatchObject({
      message: expect.stringContaining("broken on purpose"),
    });
    const { record, status } = await findMachine(ctx.client, "t-kept");
    expect({ state: record?.state, power: status.power }).toEqual({ state: "made", power: "running" });
    await remove(ctx, { names: ["t-kept"], purge: true }).result;
    expect(await ground.world()).toEqual(before);
  });

  it("keeps what there is of the VM when it is told to, for nobody to clean up but its owner", async () => {
    const before = await ground.world();
    const ctx = await ground.context(breaks(BEFORE_START.indexOf("seed after")));
    const order = { ...blankVm("t-half", ground.image), keepOnFailure: true };
    await expect(launch(ctx, order).result).rejects.toMatchObject({ left: [] });
    expect(findInterrupted(operationEnvironment(ctx))).toEqual([]);
    const { record, status } = await findMachine(ctx.client, "t-half");
    expect({ state: record?.state, power: status.power }).toEqual({ state: "making", power: "stopped" });
    const again = launch(await ground.context(), blankVm("t-half", ground.image)).result;
    await expect(again).rejects.toMatchObject({ code: "E_CONFLICT" });
    await remove(await ground.context(), { names: ["t-half"], purge: true }).result;
    expect(await ground.world()).toEqual(before);
  });

  it.each(numbered(LAUNCH_POINTS))("leaves nothing when it is cancelled at point %i (%s)", async (number) => {
    const before = await ground.world();
    const ctx = await ground.context(atPoint(number, () => operation.cancel()));
    const operation = launch(ctx, blankVm("t-cancelled", ground.image));
    await expect(operation.result).rejects.toMatchObject({ code: "E_CANCELLED", exitCode: 130, left: [] });
    expect(await ground.world()).toEqual(before);
  });
});
