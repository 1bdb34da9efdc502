import { engineRecipes, engineScript, parseEngineReport } from "#cloud-init";
import type { EngineRecipeRow, EngineStatus } from "../core/requests.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import { reach } from "./guest.ts";

/** Asks the guest itself; nothing is assumed from the record. E_CONFLICT when it does not run. */
export async function engineStatus(ctx: Context, name: string): Promise<EngineStatus> {
  const { machine, target } = await reach(ctx, name);
  const answer = await sshRun(ctx.paths, target, ["sudo", "-n", "sh", "-s"], {
    stdin: engineScript("docker", "status"),
  });
  const { facts, warnings } = parseEngineReport(answer.stdout);
  return {
    name: machine.name,
    engine: machine.record.engine,
    installed: facts["installed"] === "yes",
    running: facts["running"] === "yes",
    enabled: facts["enabled"] === "yes",
    version: facts["version"] ?? "",
    storageDriver: facts["storage-driver"] ?? "",
    cgroups: [facts["cgroup-version"] && `v${facts["cgroup-version"]}`, facts["cgroup-driver"]]
      .filter(Boolean)
      .join(" "),
    containers: Number(facts["containers"] ?? 0),
    warnings,
  };
}

/** Which recipe is known, and where it has been proven by a test. */
export function engineRecipeRows(): readonly EngineRecipeRow[] {
  return engineRecipes().flatMap(({ name, families, mirrors }) =>
    families.map((family) => ({
      engine: name,
      family: family.name,
      repository: family.repository ?? "",
      fallback: family.fallback.join(" "),
      mirrors: Object.keys(mirrors),
      proven: family.proven,
    })),
  );
}
