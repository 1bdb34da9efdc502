/** What cannot be told how large a window is: guests that answer nobody, and VMs that others made. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openConsole } from "../../src/usecases/console.ts";
import type { Context } from "../../src/usecases/context.ts";
import { launch } from "../../src/usecases/launch.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type LaunchGround, layLaunchGround } from "../support/launch-ground.ts";

const SIZE = { rows: 33, columns: 100 };

let ground: LaunchGround;
let ctx: Context;

beforeAll(async () => {
  ground = await layLaunchGround();
  ctx = await ground.context();
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

const sit = (name: string) => openConsole(ctx, name, { onData: () => undefined });

describe("the size of a window", () => {
  it("is no affair of a guest that does not answer: the console goes on, and leaving ends the attempt", async () => {
    await launch(ctx, blankVm("t-mute", ground.image)).result;
    const session = await sit("t-mute");
    // Its address is kept, so that there is a way to try.
    expect(session.canResize).toBe(true);
    const told = session.resize(SIZE);
    await session.write(Buffer.from("x"));
    await session.close();
    expect(await told).toBe(false);
    await expect(session.resize(SIZE)).resolves.toBe(false);
  });

  it("is not told to a VM that others made", async () => {
    const xml = `<domain type="qemu"><name>My VM</name><memory unit="MiB">16</memory><vcpu>1</vcpu>
      <os><type arch="x86_64" machine="pc">hvm</type></os><devices><console type="pty"/></devices></domain>`;
    const { uuid } = await ctx.client.call("domain.define", { xml, validate: true });
    await ctx.client.call("domain.start", { uuid, flags: 0 });
    const session = await sit("My VM");
    expect([session.canResize, await session.resize(SIZE)]).toEqual([false, false]);
    await session.close();
    await ctx.client.call("domain.destroy", { uuid, flags: 0 });
  });
});
