import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LibvirtClient } from "#ffi";
import { HutchError } from "../../src/core/errors.ts";
import { listMachines } from "../../src/host/machines.ts";
import type { Operation } from "../../src/ops/operation.ts";
import type { Context } from "../../src/usecases/context.ts";
import { launch } from "../../src/usecases/launch.ts";
import { remove } from "../../src/usecases/trash.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";

let ground: LaunchGround;
beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

/** The same connection, on which the call of that number fails: before it is made, or when it was. */
function withBrokenCall(ctx: Context, number: number, when: "before" | "after"): { ctx: Context; broken: string[] } {
  const broken: string[] = [];
  let next = 0;
  const call: LibvirtClient["call"] = async (method, input, options) => {
    if (next++ !== number) return ctx.client.call(method, input, options);
    broken.push(method);
    if (when === "after") await ctx.client.call(method, input, options);
    throw new HutchError({ code: "E_HYPERVISOR", message: "broken on purpose" });
  };
  const { client } = ctx;
  return {
    broken,
    ctx: {
      ...ctx,
      client: {
        uri: client.uri,
        call,
        settled: () => client.settled(),
        close: () => client.close(),
        events: (listener) => client.events(listener),
        openConsole: (...args) => client.openConsole(...args),
      },
    },
  };
}

/** Breaks each call in turn, until there are no more; each time the world must be as before. */
async function breakEach(
  when: "before" | "after",
  work: (ctx: Context) => Operation<unknown>,
  undo: () => Promise<void>,
) {
  const ctx = await ground.context();
  const methods: string[] = [];
  for (let number = 0; ; number++) {
    const before = await ground.world();
    const { ctx: breaking, broken } = withBrokenCall(ctx, number, when);
    const error: unknown = await work(breaking).result.then(
      () => null,
      (fault: unknown) => fault,
    );
    await undo();
    expect(await ground.world(), `call ${number}, ${broken.join()}: ${String(error)}`).toEqual(before);
    if (broken.length === 0) return methods;
    methods.push(...broken);
  }
}

const purgeMade = async () => {
  const ctx = await ground.context();
  const made = (await listMachines(ctx.client)).filter(({ record }) => record?.state === "made");
  if (made.length > 0) await remove(ctx, { names: made.map(({ name }) => name), purge: true }).result;
};

describe("each call to libvirt of a launch", () => {
  it.each(["before", "after"] as const)("may break %s it is done: what is not made whole is not left", async (when) => {
    const methods = await breakEach(when, (ctx) => launch(ctx, blankVm("t-calls", ground.image)), purgeMade);
    expect(methods).toEqual(
      expect.arrayContaining(["domain.define", "volume.create", "network.update", "domain.start"]),
    );
  });
});
