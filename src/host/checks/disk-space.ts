import type { Check } from "../../core/requests.ts";
import { freeAt } from "../free-space.ts";
import { poolAt } from "../pool.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "disk-space";
const TITLE = "Disk space";
const GIB = 1024 ** 3;
/** An image and the first things that a VM writes. */
const LEAST_BYTES = 2 * GIB;
/** A container engine and a few images of it in two or three VMs. */
const ENOUGH_BYTES = 10 * GIB;

/** Room where disks are: VMs pause when it runs out. */
export async function checkDiskSpace({ client, home, paths }: CheckContext): Promise<readonly Check[]> {
  if (client === null) return [];
  const pool = await poolAt(client, home, paths);
  const free =
    pool.capacityBytes > 0
      ? pool.availableBytes
      : home.remote || home.driver === "test"
        ? null
        : await freeAt(pool.path);
  if (free === null) return [];
  const found = `${(free / GIB).toFixed(1)} GiB free for ${pool.path}`;
  const fix = ["hutch image ls", "hutch purge: empty the trash"];
  if (free < LEAST_BYTES) return [check(ID, TITLE, "fail", found, fix)];
  return free < ENOUGH_BYTES ? [check(ID, TITLE, "warn", found, fix)] : [check(ID, TITLE, "ok", found)];
}
