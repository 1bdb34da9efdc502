/** After a base came into the store: what was baked from an older one of its name, and what from that. */
import { bakeRenewals } from "../../core/bake-renewal.ts";
import type { Hutch } from "../../index.ts";
import { hutchLine } from "../actions/action.ts";
import type { Jobs } from "./jobs.ts";

/** What becomes of long work at a host once it is done. */
export type FollowUp = {
  readonly jobs: Jobs;
  /** What `--connect` takes; null where nothing needs to be said. */
  readonly connect: string | null;
  readonly say: (text: string, tone: "ok" | "warn") => void;
  /** Whether the config file says `bake: auto`. */
  readonly bakesByItself: () => Promise<boolean>;
};

/**
 * Bakes it anew where the config file says so; else names it, and the job that brought the base keeps the commands. One bake that
 * fails or is cancelled is the last: what it leaves is marked in the list.
 */
export async function renewBaked(
  hutch: Hutch,
  bases: readonly string[],
  job: string,
  { jobs, connect, say, bakesByItself }: FollowUp,
): Promise<void> {
  const queue = [...bases];
  for (const base of queue) {
    const old = bakeRenewals(await hutch.images.list(), base);
    const isAuto = old.length > 0 && (await bakesByItself());
    const told = old.filter(({ request }) => !isAuto || request === null);
    if (told.length > 0) {
      const lines = told.flatMap(({ name, words }) => [
        `${name} was baked from an older ${base}. To renew it:`,
        `  ${hutchLine(words, connect)}`,
      ]);
      jobs.note(job, lines);
      say(`Baked from an older ${base}: ${told.map(({ name }) => name).join(", ")}. Jobs tells how to renew.`, "warn");
    }
    for (const { name, words, request } of old) {
      if (!isAuto || request === null) continue;
      const baked = await jobs.follow(`bake ${name} anew`, hutchLine(words, connect), hutch.images.bake(request));
      if (baked === null) return;
      queue.push(name);
    }
  }
}
