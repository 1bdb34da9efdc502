/** Every change is broken, cancelled and killed at each of its points; the world must be as before. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findMachine } from "../../src/host/machines.ts";
import type { Context } from "../../src/usecases/context.ts";
import { attachDisk } from "../../src/usecases/disks.ts";
import { examine } from "../../src/usecases/doctor.ts";
import { exportMachine } from "../../src/usecases/export.ts";
import { importMachine } from "../../src/usecases/import.ts";
import { launch } from "../../src/usecases/launch.ts";
import { createSnapshot } from "../../src/usecases/snapshots.ts";
import { remove } from "../../src/usecases/trash.ts";
import { changeSettings } from "../../src/usecases/vm-settings.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type ChangeVerb, changesOf, exportedFile } from "../support/changes.ts";
import { type LaunchGround, layLaunchGround, type Point, useOnce } from "../support/launch-ground.ts";
import { plainWorld } from "../support/plain-world.ts";

const MIB = 1024 ** 2;
const NAME = "t-changed";

const CASES: readonly (readonly [ChangeVerb, "stopped" | "running"])[] = [
  ["set", "stopped"],
  ["set", "running"],
  ["clone", "stopped"],
  ["restore", "stopped"],
  ["restore", "running"],
  ["snapshot", "running"],
  ["attach", "stopped"],
  ["detach", "stopped"],
  ["rename", "stopped"],
  ["export", "stopped"],
  ["import", "stopped"],
];

let ground: LaunchGround;
let ctx: Context;
const look = async () => plainWorld(await ground.world());

beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
  ctx = await ground.context();
  await launch(ctx, { ...blankVm("t-elsewhere", ground.image), start: false }).result;
  await exportMachine(ctx, "t-elsewhere", { file: exportedFile(ctx) }).result;
  await remove(ctx, { names: ["t-elsewhere"], purge: true }).result;
  // Folders that are made once, and stay.
  await importMachine(ctx, { file: exportedFile(ctx) }).result;
  await remove(ctx, { names: ["t-elsewhere"], purge: true }).result;
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

async function given(power: "stopped" | "running"): Promise<void> {
  const order = blankVm(NAME, ground.image);
  await launch(ctx, { ...order, memoryMiB: 128, ...(power === "stopped" ? { start: false } : {}) }).result;
  await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
  await createSnapshot(ctx, NAME, { snapshot: "then" }).result;
  await changeSettings(ctx, NAME, { tags: ["today"] }).result;
}

/** The points that a change passes, and what it makes of the VM. */
async function points(verb: ChangeVerb): Promise<readonly string[]> {
  const passed: string[] = [];
  const watching = await ground.context(({ step, phase }) => void passed.push(`${step} ${phase}`));
  await changesOf(watching, NAME)[verb]().result;
  return passed;
}

async function cleanUp(): Promise<void> {
  for (const name of [NAME, `${NAME}-copy`, `${NAME}-new`, `${NAME}-moved`]) {
    const there = await findMachine(ctx.client, name).catch(() => null);
    if (there !== null) await remove(ctx, { names: [name], purge: true }).result;
  }
}

function at(number: number, act: () => void): (point: Point) => Promise<void> {
  let next = 0;
  return async () => {
    await null;
    if (next++ === number) act();
  };
}

describe.each(CASES)("%s of a %s VM", (verb, power) => {
  let passed: readonly string[];

  beforeAll(async () => {
    await given(power);
    passed = await points(verb);
    await cleanUp();
    await given(power);
  });
  afterAll(cleanUp);

  it("leaves the world as it was, wherever it breaks", async () => {
    const before = await look();
    expect(passed.length).toBeGreaterThan(2);
    for (const [number, point] of passed.entries()) {
      const breaking = await ground.context(
        at(number, () => {
          throw new Error("broken on purpose");
        }),
      );
      await expect(changesOf(breaking, NAME)[verb]().result, point).rejects.toMatchObject({
        message: expect.stringContaining("broken on purpose"),
        left: [],
      });
      expect(await look(), `broken at ${point}`).toEqual(before);
    }
  });

  it("leaves the world as it was, wherever it is cancelled", async () => {
    const before = await look();
    for (const [number, point] of passed.entries()) {
      const cancelling = await ground.context(at(number, () => operation.cancel()));
      const operation = changesOf(cancelling, NAME)[verb]();
      await expect(operation.result, point).rejects.toMatchObject({ code: "E_CANCELLED", left: [] });
      expect(await look(), `cancelled at ${point}`).toEqual(before);
    }
  });

  it("is taken back by the doctor, wherever it is killed", async () => {
    const before = await look();
    // From its last point on it may be through.
    for (const [number, point] of passed.slice(0, -1).entries()) {
      expect(await ground.child(verb, NAME, number), point).toBe("killed");
      const { interrupted } = await examine({ uri: ground.lane.uri, env: ground.lane.env, fix: true });
      expect(interrupted, point).toMatchObject([{ left: [] }]);
      expect(await look(), `killed at ${point}`).toEqual(before);
    }
  });
});
