/** A launch, and what comes of the installation of its engine. */
import type { LaunchRequest } from "../../core/requests.ts";
import type { Hutch } from "../../index.ts";
import { hutchLine } from "../actions/action.ts";
import { type FollowUp, renewBaked } from "./renew-baked.ts";

export type LaunchOrder = {
  readonly request: LaunchRequest;
  /** The line that does the same in a shell. */
  readonly command: string;
};

/** What would spare the next one the installation of its engine is baked where the config file says so, and told otherwise. */
export async function launch(hutch: Hutch, { request, command }: LaunchOrder, after: FollowUp): Promise<void> {
  const { jobs, connect, say } = after;
  const title = `launch ${request.name ?? request.image ?? ""}`;
  const bake = (await jobs.follow(title, command, hutch.launch(request)))?.bake;
  if (bake === undefined) return;
  const { base, engine, auto } = bake;
  const line = hutchLine(["image", "bake", base, "--engine", engine], connect);
  if (!auto) return say(`Next time ${engine} can be there from the start: ${line}`, "ok");
  const operation = hutch.images.bake({ base, engine });
  const image = await jobs.follow(`bake ${engine} into ${base}`, line, operation);
  if (image !== null) await renewBaked(hutch, [image.name], operation.id, after);
}
