/** Work that is killed at each of its points, as `kill -9` does, and cleaned up as people do. */
import { expect } from "vitest";
import type { DoctorReport } from "../../src/core/requests.ts";
import type { ChildAnswer, ChildVerb } from "./launch-child.ts";
import type { LaunchGround } from "./launch-ground.ts";
import { plainWorld } from "./plain-world.ts";

export type Killing = {
  readonly verb: ChildVerb;
  readonly name: string;
  /** Brings back the world that the work finds, once it has been through. */
  readonly again: () => Promise<unknown>;
  /** What the work changes that is no part of `ground.world`. */
  readonly beside?: () => Promise<unknown>;
  /** The first of its points to be killed at, where another test has those before. */
  readonly from?: number;
  /** How many of its last points it has nothing left to take back at. */
  readonly through?: number;
};

/** `hutch doctor --fix`, whose report of what it found on the host is not asked about. */
export async function doctorFix({ lane }: LaunchGround): Promise<DoctorReport> {
  const words = ["doctor", "--fix", "--connect", lane.uri, "-o", "json"];
  const { stdout } = await lane.hutch(words, { env: { SYSTEMD_OFFLINE: "1" } });
  return (JSON.parse(stdout) as { readonly report: DoctorReport }).report;
}

/** Wherever it is killed, `hutch doctor --fix` makes the world as it was. */
export async function killedEverywhere(
  ground: LaunchGround,
  { verb, name, again, beside = async () => null, from = 0, through = 1 }: Killing,
): Promise<void> {
  const { points } = (await ground.child(verb, name)) as ChildAnswer;
  await again();
  const look = async () => [plainWorld(await ground.world()), await beside()];
  const before = await look();
  expect(points - through).toBeGreaterThan(from);
  for (let point = from; point < points - through; point++) {
    expect(await ground.child(verb, name, point), `point ${point}`).toBe("killed");
    const { interrupted } = await doctorFix(ground);
    expect(interrupted, `point ${point} of ${points}`).toMatchObject([{ left: [] }]);
    expect(await look(), `killed at ${point} of ${points}`).toEqual(before);
  }
}
