/** VMs back after a reboot of the host, in order: an opt-in systemd unit, for hutch has no daemon. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { turnsOf } from "../core/start-order.ts";
import type { BootOrder } from "../core/surroundings.ts";
import { bootPlace, bootUnit, disableUnit, enableUnit, lingers } from "../host/boot-unit.ts";
import { listMachines } from "../host/machines.ts";
import type { Context } from "./context.ts";

/** E_HOST without systemd. */
export async function bootOrder(ctx: Context): Promise<BootOrder> {
  const { file } = place(ctx);
  const turns = turnsOf(await listMachines(ctx.client));
  const needsLinger = ctx.home.mode === "session" && !lingers(ctx.caller.user);
  return {
    enabled: existsSync(file),
    unit: file,
    order: turns.map(({ machine: { name, record } }) => ({
      name,
      place: record?.startOrder ?? 0,
      delaySeconds: record?.startDelay ?? 0,
    })),
    notes: needsLinger
      ? [
          `Until ${ctx.caller.user} lingers, this begins at the first log-in and its VMs end with the last log-out: loginctl enable-linger`,
        ]
      : [],
  };
}

/** Whether VMs that have a place in the order are started by this host. */
export function startsInOrder(ctx: Context): boolean {
  try {
    return existsSync(place(ctx).file);
  } catch {
    return false;
  }
}

/** `command` is hutch itself, as argv. E_HOST without systemd, or when the unit cannot be written. */
export async function enableBootOrder(ctx: Context, command: readonly string[]): Promise<BootOrder> {
  await enableUnit(place(ctx), bootUnit(command, ctx.home));
  return bootOrder(ctx);
}

export async function disableBootOrder(ctx: Context): Promise<BootOrder> {
  await disableUnit(place(ctx));
  return bootOrder(ctx);
}

function place(ctx: Context) {
  return bootPlace(ctx.home, dirname(dirname(ctx.paths.configFile)));
}
