import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findMachine } from "../../src/host/machines.ts";
import { examine } from "../../src/usecases/doctor.ts";
import { remove } from "../../src/usecases/trash.ts";
import { type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";
import { LAUNCH_POINTS } from "../support/launch-points.ts";

/** From this point on the VM is made: whoever dies after that has left nothing half done. */
const MADE = LAUNCH_POINTS.length - 1;

let ground: LaunchGround;
beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

const doctor = (fix: boolean) => examine({ uri: ground.lane.uri, env: ground.lane.env, fix });

describe("a launch that is killed", () => {
  it.each(LAUNCH_POINTS.slice(0, MADE).map((point, index) => [index, point] as const))(
    "at point %i (%s) is cleaned up by the doctor",
    async (number) => {
      const before = await ground.world();
      expect(await ground.child("launch", "t-killed", number)).toBe("killed");
      expect((await doctor(false)).interrupted).toMatchObject([{ title: "Launch t-killed" }]);

      const [cleaned, ...more] = (await doctor(true)).interrupted;
      expect({ left: cleaned?.left, more }).toEqual({ left: [], more: [] });
      expect((await doctor(false)).interrupted).toEqual([]);
      expect(await ground.world()).toEqual(before);
    },
  );

  it("is cleaned up by the next launch of that name, which succeeds", async () => {
    const before = await ground.world();
    expect(await ground.child("launch", "t-again", LAUNCH_POINTS.indexOf("start after"))).toBe("killed");
    expect(await ground.child("launch", "t-again")).toMatchObject({ exitCode: 0, message: "done" });
    expect((await doctor(false)).interrupted).toEqual([]);

    const ctx = await ground.context();
    await remove(ctx, { names: ["t-again"], purge: true }).result;
    expect(await ground.world()).toEqual(before);
  });

  it("after its VM was made leaves that VM alone", async () => {
    const before = await ground.world();
    expect(await ground.child("launch", "t-made", MADE)).toBe("killed");
    const ctx = await ground.context();
    const whole = await ground.world();
    await doctor(true);
    expect({ ...(await ground.world()), files: {} }).toEqual({ ...whole, files: {} });
    expect((await findMachine(ctx.client, "t-made")).record?.state).toBe("made");

    await remove(ctx, { names: ["t-made"], purge: true }).result;
    expect(await ground.world()).toEqual(before);
  });
});
