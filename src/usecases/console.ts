/** A VM's serial console, through libvirt: works when its network does not, and before there is one. */
import { type ConsoleHandle, VirErrorNumber } from "#ffi";
import type { ConsoleOptions, ConsoleSession } from "../core/enter.ts";
import { HutchError } from "../core/errors.ts";
import { isActive } from "../core/machine/status.ts";
import { libvirtCode } from "../host/faults.ts";
import { findMachine } from "../host/machines.ts";
import { canResizeConsole, resizeConsole } from "./console-size.ts";
import type { Context } from "./context.ts";

/** E_NOT_FOUND; E_CONFLICT for a VM that is off, or a console that somebody else has and `force` does not take. */
export async function openConsole(ctx: Context, name: string, options: ConsoleOptions): Promise<ConsoleSession> {
  const machine = await findMachine(ctx.client, name);
  if (!isActive(machine.status)) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${machine.name} is ${machine.status.power}: it has no console now.`,
      next: [`hutch start ${machine.name}`, `hutch logs ${machine.name}`],
    });
  }
  try {
    const force = options.force === true;
    return await withSizes(
      ctx,
      machine.uuid,
      await ctx.client.openConsole(machine.uuid, null, options.onData, { force }),
    );
  } catch (error) {
    if (libvirtCode(error) !== VirErrorNumber.OPERATION_FAILED) throw error;
    throw new HutchError(
      {
        code: "E_CONFLICT",
        message: `Somebody else is at the console of ${machine.name}.`,
        why: "A serial line has two ends: one guest, one person.",
        next: [`hutch console ${machine.name} --force`, `hutch logs ${machine.name} -f`],
      },
      error,
    );
  }
}

async function withSizes(ctx: Context, uuid: string, line: ConsoleHandle): Promise<ConsoleSession> {
  const over = new AbortController();
  void line.ended.then(() => over.abort());
  return {
    ended: line.ended,
    write: (data) => line.write(data),
    canResize: await canResizeConsole(ctx, uuid),
    resize: (size) => resizeConsole(ctx, uuid, size, over.signal),
    close: async () => {
      over.abort();
      await line.close();
    },
  };
}
