import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listMachines } from "../../src/host/machines.ts";
import { remove } from "../../src/usecases/trash.ts";
import { type LaunchGround, layLaunchGround } from "../support/launch-ground.ts";

let ground: LaunchGround;
beforeAll(async () => {
  ground = await layLaunchGround();
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

const purgeAll = async (names: readonly string[]) => {
  await remove(await ground.context(), { names, purge: true }).result;
};

describe("launches at once, from processes of their own", () => {
  it("all succeed, eight of them, on a host where hutch was never used", { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 8 }, (_, index) => `t-many-${index + 1}`);
    const answers = await Promise.all(names.map((name) => ground.child("hold", name)));
    expect(answers).toMatchObject(names.map(() => ({ exitCode: 0, message: "done" })));

    const { client } = await ground.context();
    const machines = await listMachines(client);
    expect(machines.map(({ name, status, record }) => [name, status.power, record?.state])).toEqual(
      names.map((name) => [name, "paused", "made"]),
    );
    const details = await Promise.all(machines.map(({ uuid }) => client.call("domain.detail", { ref: { uuid } })));
    expect(details.filter(({ xml }) => xml.includes("<disk"))).toEqual([]);
    expect(new Set(machines.map(({ address }) => address)).size).toBe(8);
    // All of them stand on one image, which is there once.
    expect(new Set(machines.map(({ record }) => record?.image?.volume)).size).toBe(1);
    expect((await client.call("pool.list", {})).map(({ name }) => name)).toEqual(["hutch"]);
    const volumes = (await client.call("volume.list", { pool: "hutch" })).map(({ name }) => name);
    const own = machines.flatMap(({ record }) => record?.volumes ?? []);
    expect(volumes.filter((name) => !own.includes(name) && name.endsWith(".qcow2"))).toHaveLength(1);
    expect(volumes.filter((name) => name.endsWith(".importing"))).toEqual([]);

    await purgeAll(names);
    expect((await ground.world()).domains).toEqual({});
  });

  it.each([1, 2, 3])("of one name: exactly one wins, the other leaves nothing (round %i)", async () => {
    const before = await ground.world();
    const answers = await Promise.all([ground.child("launch", "t-race"), ground.child("launch", "t-race")]);
    const codes = answers.map((answer) => (answer === "killed" ? -1 : answer.exitCode));
    expect(codes.sort()).toEqual([0, 5]);

    const { client } = await ground.context();
    const [winner, ...others] = await listMachines(client);
    expect([winner?.name, winner?.status.power, winner?.record?.state, others]).toEqual([
      "t-race",
      "running",
      "made",
      [],
    ]);
    const volumes = (await client.call("volume.list", { pool: "hutch" })).map(({ name }) => name);
    expect(volumes.filter((name) => name.startsWith("t-race")).sort()).toEqual(
      [...(winner?.record?.volumes ?? [])].sort(),
    );
    await purgeAll(["t-race"]);
    expect(await ground.world()).toEqual(before);
  });
});
