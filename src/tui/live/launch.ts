/** A launch, and what comes of the installation of its engine. */
import type { LaunchRequest } from "../../core/requests.ts";
import type { Hutch } from "../../index.ts";
import { hutchLine } from "../actions/action.ts";
import type { Jobs } from "./jobs.ts";

export type LaunchOrder = {
  readonly request: LaunchRequest;
  /** The line that does the same in a shell. */
  readonly command: string;
  /** What `--connect` takes; null where nothing needs to be said. */
  readonly connect: string | null;
};

/** What would spare the next one the installation of its engine is baked where the config file says so, and told otherwise. */
export async function launch(hutch: Hutch, order: LaunchOrder, jobs: Jobs, say: (text: string) => void): Promise<void> {
  const { request, command, connect } = order;
  const title = `launch ${request.name ?? request.image ?? ""}`;
  const bake = (await jobs.follow(title, command, hutch.launch(request)))?.bake;
  if (bake === undefined) return;
  const { base, engine, auto } = bake;
  const line = hutchLine(["image", "bake", base, "--engine", engine], connect);
  if (auto) await jobs.follow(`bake ${engine} into ${base}`, line, hutch.images.bake({ base, engine }));
  else say(`Next time ${engine} can be there from the start: ${line}`);
}
