import type { Check } from "../../core/requests.ts";
import { ensurePool, findPool, poolAt } from "../pool.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "pool";
const TITLE = "Storage pool";

export async function checkPool({ client, home, paths }: CheckContext): Promise<readonly Check[]> {
  if (client === null) return [];
  const pool = await poolAt(client, home, paths);
  if ((await findPool(client)) !== null) return [check(ID, TITLE, "ok", `${pool.name} in ${pool.path}`)];
  if (pool.capacityBytes === 0)
    return [check(ID, TITLE, "note", `not made yet: the first launch makes ${pool.name} in ${pool.path}`)];
  return [
    check(ID, TITLE, "warn", `${pool.name} in ${pool.path} is not started`, [
      "hutch doctor --fix",
      `virsh pool-start ${pool.name}`,
    ]),
  ];
}

export async function fixPool({ client, home, paths }: CheckContext): Promise<string | null> {
  if (client === null || home.driver !== "qemu" || (await findPool(client)) !== null) return null;
  const pool = await ensurePool(client, home, paths);
  return `made the storage pool ${pool.name} in ${pool.path}`;
}
