import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findMachine } from "../../src/host/machines.ts";
import type { Context } from "../../src/usecases/context.ts";
import { examine } from "../../src/usecases/doctor.ts";
import { launch } from "../../src/usecases/launch.ts";
import { purge, recover, remove } from "../../src/usecases/trash.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type LaunchGround, layLaunchGround, type Point, useOnce } from "../support/launch-ground.ts";
import { plainWorld } from "../support/plain-world.ts";

const NAME = "t-gone";
const POINTS = [`delete ${NAME} before`, `delete ${NAME} undo`, `delete ${NAME} after`] as const;
const POWER = ["stopped", "running"] as const;
const CASES = POWER.flatMap((power) => POINTS.map((point, number) => ({ power, number, point })));

let ground: LaunchGround;
let untouched: unknown;

beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

beforeEach(async () => {
  untouched = await ground.world();
});

const look = async () => plainWorld(await ground.world());

async function given(power: (typeof POWER)[number]): Promise<Context> {
  const ctx = await ground.context();
  const order = { ...blankVm(NAME, ground.image), autostart: true };
  await launch(ctx, power === "stopped" ? { ...order, start: false } : order).result;
  return ctx;
}

async function cleanUp(ctx: Context): Promise<void> {
  await remove(ctx, { names: [NAME], purge: true }).result;
  expect(await ground.world()).toEqual(untouched);
}

function at(number: number, act: () => void): (point: Point) => Promise<void> {
  let next = 0;
  return async () => {
    await null;
    if (next++ === number) act();
  };
}

describe("delete", () => {
  it("passes the points at which it is broken below", async () => {
    await given("stopped");
    const passed: string[] = [];
    const ctx = await ground.context(({ step, phase }) => void passed.push(`${step} ${phase}`));
    await remove(ctx, { names: [NAME] }).result;
    expect(passed).toEqual(POINTS);
    await purge(ctx, [NAME]).result;
    expect(await ground.world()).toEqual(untouched);
  });

  it.each(CASES)("leaves a $power VM as it was when $point breaks", async ({ power, number }) => {
    const ctx = await given(power);
    const before = await look();
    const breaking = await ground.context(
      at(number, () => {
        throw new Error("broken on purpose");
      }),
    );
    await expect(remove(breaking, { names: [NAME], force: true }).result).rejects.toMatchObject({ left: [] });
    expect(await look()).toEqual(before);
    await cleanUp(ctx);
  });

  it.each(CASES)("leaves a $power VM as it was when it is cancelled at $point", async ({ power, number }) => {
    const ctx = await given(power);
    const before = await look();
    const cancelling = await ground.context(at(number, () => operation.cancel()));
    const operation = remove(cancelling, { names: [NAME], force: true });
    await expect(operation.result).rejects.toMatchObject({ code: "E_CANCELLED", left: [] });
    expect(await look()).toEqual(before);
    await cleanUp(ctx);
  });

  it.each(CASES)(
    "is taken back by the doctor when it is killed at $point of a $power VM",
    async ({ power, number }) => {
      const ctx = await given(power);
      const before = await look();
      expect(await ground.child("delete", NAME, number)).toBe("killed");
      const { interrupted } = await examine({ uri: ground.lane.uri, env: ground.lane.env, fix: true });
      expect(interrupted).toMatchObject([{ title: `Delete ${NAME}`, left: [] }]);
      expect(await look()).toEqual(before);
      await cleanUp(ctx);
    },
  );

  it("and recover leave a VM as it was", async () => {
    const ctx = await given("stopped");
    const before = await look();
    await remove(ctx, { names: [NAME] }).result;
    await recover(ctx, [NAME]).result;
    expect(await look()).toEqual(before);
    await cleanUp(ctx);
  });

  it("frees the name; recover then says who has it", async () => {
    const ctx = await given("stopped");
    await remove(ctx, { names: [NAME] }).result;
    const { uuid } = await findMachine(ctx.client, NAME, { trashed: true });
    await launch(ctx, { ...blankVm(NAME, ground.image), start: false }).result;
    await expect(recover(ctx, [NAME]).result).rejects.toMatchObject({ code: "E_CONFLICT", exitCode: 5 });
    await remove(ctx, { names: [NAME], purge: true }).result;
    await recover(ctx, [uuid]).result;
    await cleanUp(ctx);
  });
});

describe("purge", () => {
  it.each(["before", "after"])("that breaks (%s) is finished by the next one", async (phase) => {
    const ctx = await given("running");
    const breaking = await ground.context((point) => {
      if (point.phase === phase) throw new Error("broken on purpose");
    });
    await expect(remove(breaking, { names: [NAME], purge: true }).result).rejects.toThrow("broken on purpose");
    await remove(ctx, { names: [NAME], purge: true }).result.catch((error: unknown) => {
      if (phase === "before") throw error;
    });
    expect(await ground.world()).toEqual(untouched);
  });
});
