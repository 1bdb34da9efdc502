import type { Check } from "../../core/requests.ts";
import { formatSize } from "../../core/units.ts";
import { findDeadImports, sweepDeadImports } from "../dead-imports.ts";
import { findPool } from "../pool.ts";
import { type CheckContext, check } from "./context.ts";

export async function checkDeadImports({ client, paths }: CheckContext): Promise<readonly Check[]> {
  const pool = client === null ? null : await findPool(client);
  if (client === null || pool === null) return [];
  const dead = await findDeadImports(client, pool, paths);
  return dead.map(({ volume, bytes }) =>
    check(
      "dead-imports",
      "Image store",
      "warn",
      `an import or a removal that was killed left ${volume}, ${formatSize(bytes)}`,
      ["hutch doctor --fix", "hutch image prune"],
    ),
  );
}

export async function fixDeadImports({ client, paths }: CheckContext): Promise<string | null> {
  const pool = client === null ? null : await findPool(client);
  if (client === null || pool === null) return null;
  const gone = await sweepDeadImports(client, pool, paths);
  return gone.length === 0
    ? null
    : `removed what killed imports and removals left: ${gone.map(({ volume }) => volume).join(", ")}`;
}
