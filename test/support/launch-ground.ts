/** A private libvirtd, and blank VMs to launch there from this process or from others: seconds, no guest. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LibvirtClient } from "#ffi";
import type { OpEnvironment } from "../../src/ops/operation.ts";
import { type Context, groundOf, openContext } from "../../src/usecases/context.ts";
import { launch } from "../../src/usecases/launch.ts";
import { remove } from "../../src/usecases/trash.ts";
import { blankVm } from "./blank-vm.ts";
import { type SystemLane, startSystemLane } from "./lane.ts";
import type { ChildAnswer, ChildVerb } from "./launch-child.ts";
import { type World, world } from "./world.ts";

export type Point = Parameters<NonNullable<OpEnvironment["probe"]>>[0];

export type LaunchGround = AsyncDisposable & {
  readonly lane: SystemLane;
  readonly image: string;
  /** The ground's own connection, with what happens at each point of an operation. Closed with the ground. */
  context(probe?: (at: Point) => void | Promise<void>): Promise<Context>;
  /**
   * Launches (with `hold` a paused domain without disks), deletes, changes or bakes (from the image `blank`) in a process of
   * its own in the lane, which dies at the point of that number.
   */
  child(verb: ChildVerb, name: string, point?: number): Promise<ChildAnswer | "killed">;
  /** Everything that a launch could leave behind. */
  world(): Promise<World>;
};

const CHILD = fileURLToPath(new URL("./launch-child.ts", import.meta.url));

/** As it is on a machine where hutch was never used. */
export async function layLaunchGround(): Promise<LaunchGround> {
  const lane = await startSystemLane();
  const reached = { uri: lane.uri, env: lane.env };
  let client: LibvirtClient | undefined;
  const stop = async () => {
    await client?.close();
    await lane.stop();
  };
  try {
    const image = join(lane.root, "blank.qcow2");
    await promisify(execFile)("qemu-img", ["create", "-q", "-f", "qcow2", image, "1M"]);
    const opened = await openContext(reached);
    client = opened.client;
    const child: LaunchGround["child"] = async (verb, name, point) => {
      const argv = [process.execPath, CHILD, verb, lane.uri, name, image, ...(point === undefined ? [] : [`${point}`])];
      // Its systemctl is the lane's, and works on files alone.
      const { code, stdout, stderr } = await lane.exec(argv, { env: { SYSTEMD_OFFLINE: "1" } });
      if (code === 128 + 9) return "killed";
      if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as ChildAnswer;
    };
    const folders = ["home", "lib/images", "lib/dnsmasq", "etc"].map((name) => join(lane.root, name));
    return {
      lane,
      image,
      // What is read of files is read anew: tests write them.
      context: async (probe) => ({
        ...(await groundOf({ ...reached, ...(probe === undefined ? {} : { probe }) })),
        client: opened.client,
      }),
      child,
      world: () => world(opened.client, { lane, folders }),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A probe that acts at the point of that number. */
export function atPoint(number: number, act: () => void): (point: Point) => Promise<void> {
  let next = 0;
  return async () => {
    // The first point is passed before the caller has the operation in hand.
    await null;
    if (next++ === number) act();
  };
}

/** What launches share (pool, network, base image, ssh key) is there from the first on and stays: made here. */
export async function useOnce(ground: LaunchGround): Promise<void> {
  const ctx = await ground.context();
  // libvirt makes the folder of its autostart list with the first entry.
  await launch(ctx, { ...blankVm("t-first", ground.image), autostart: true }).result;
  await remove(ctx, { names: ["t-first"], purge: true }).result;
}
