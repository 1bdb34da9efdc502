/**
 * A process of its own that launches, deletes or changes one VM, or bakes one image, and can be made to die in the middle
 * of it.
 *
 * usage: node launch-child.ts VERB URI NAME IMAGE [POINT]
 *
 * `hold` launches too, but what libvirt gets is a domain without disks that is paused from its first instruction on.
 * `install` launches from install.iso beside the image, with a screen; `lead` makes one with a port of the host, not started.
 *
 * It ends itself by SIGKILL at the point of that number. What became of the operation is one line of JSON on its output.
 */
import { dirname, join } from "node:path";
import { isHutchError } from "../../src/core/errors.ts";
import type { Operation } from "../../src/ops/operation.ts";
import { openContext } from "../../src/usecases/context.ts";
import { launch } from "../../src/usecases/launch.ts";
import { remove } from "../../src/usecases/trash.ts";
import { blankBake } from "./blank-bake.ts";
import { blankVm } from "./blank-vm.ts";
import { type ChangeVerb, changesOf, PUBLISHED } from "./changes.ts";
import { pausedDiskless } from "./paused-diskless.ts";

export type ChildVerb = "launch" | "hold" | "install" | "lead" | "delete" | "bake" | ChangeVerb;
export type ChildAnswer = {
  readonly exitCode: number;
  readonly message: string;
  /** How many points it passed. */
  readonly points: number;
};

const [verb, uri = "", name = "", image = "", point] = process.argv.slice(2);

let next = 0;
const ctx = await openContext({
  uri,
  probe: () => {
    if (next++ === Number(point)) process.kill(process.pid, "SIGKILL");
  },
});

const { image: _, ...order } = blankVm(name, image);
const verbs: Readonly<Record<ChildVerb, () => Operation<unknown>>> = {
  launch: () => launch(ctx, blankVm(name, image)),
  hold: () => launch({ ...ctx, client: pausedDiskless(ctx.client) }, blankVm(name, image)),
  install: () => launch(ctx, { ...order, iso: join(dirname(image), "install.iso"), display: true }),
  lead: () => launch(ctx, { ...blankVm(name, image), start: false, publish: [PUBLISHED] }),
  delete: () => remove(ctx, { names: [name], force: true }),
  bake: () => blankBake(ctx, name, "blank"),
  ...changesOf(ctx, name),
};

const ended = await verbs[verb as ChildVerb]().result.then(
  () => ({ exitCode: 0, message: "done" }),
  (error: unknown) => {
    if (!isHutchError(error)) throw error;
    return { exitCode: error.exitCode, message: [error.message, error.why].join(" ").trim() };
  },
);
const answer: ChildAnswer = { ...ended, points: next };
process.stdout.write(`${JSON.stringify(answer)}\n`);
await ctx.client.close();
