/**
 * A process of its own that launches (or, with `delete`, deletes) one VM, or bakes one image, and can be made to die in the
 * middle of it.
 *
 * usage: node launch-child.ts launch|hold|delete|bake URI NAME IMAGE [POINT]
 *
 * `hold` launches too, but what libvirt gets is a domain without disks that is paused from its first instruction on.
 *
 * It ends itself by SIGKILL at the point of that number. What became of the operation is one line of JSON on its output.
 */
import { isHutchError } from "../../src/core/errors.ts";
import { openContext } from "../../src/usecases/context.ts";
import { launch } from "../../src/usecases/launch.ts";
import { remove } from "../../src/usecases/trash.ts";
import { blankBake } from "./blank-bake.ts";
import { blankVm } from "./blank-vm.ts";
import { pausedDiskless } from "./paused-diskless.ts";

export type ChildAnswer = { readonly exitCode: number; readonly message: string };

const [verb, uri = "", name = "", image = "", point] = process.argv.slice(2);

let next = 0;
const ctx = await openContext({
  uri,
  probe: () => {
    if (next++ === Number(point)) process.kill(process.pid, "SIGKILL");
  },
});

const RESULTS: Readonly<Record<string, () => Promise<unknown>>> = {
  launch: () => launch(ctx, blankVm(name, image)).result,
  hold: () => launch({ ...ctx, client: pausedDiskless(ctx.client) }, blankVm(name, image)).result,
  delete: () => remove(ctx, { names: [name], force: true }).result,
  bake: () => blankBake(ctx, name, "blank").result,
};

const answer: ChildAnswer = await (RESULTS[verb ?? ""] ?? (() => Promise.reject(new Error(`no verb ${verb}`))))().then(
  () => ({ exitCode: 0, message: "done" }),
  (error: unknown) => {
    if (!isHutchError(error)) throw error;
    return { exitCode: error.exitCode, message: [error.message, error.why].join(" ").trim() };
  },
);
process.stdout.write(`${JSON.stringify(answer)}\n`);
await ctx.client.close();
