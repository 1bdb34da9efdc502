/** `NAME.hutch` for VMs on this host: opt-in, one block of the hosts file that is hutch's own. */
import { asHutchError, HutchError } from "../core/errors.ts";
import { type HostName, type HostNames, hasNames, withNames, withoutNames } from "../core/host-names.ts";
import { checkName } from "../core/names.ts";
import { listMachines } from "../host/machines.ts";
import { readText, writeText } from "../host/text-file.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";

/** E_HOST in a session and on other hosts, where no VM has an address that this one reaches. */
export async function hostNames(ctx: Context): Promise<HostNames> {
  assertAddresses(ctx);
  const file = ctx.paths.hostsFile;
  const text = readText(file);
  const entries = await entriesOf(ctx);
  const enabled = hasNames(text);
  return { enabled, file, current: !enabled || withNames(text, entries) === text, entries };
}

/** Writes the block, or brings it up to date. E_HOST when the file cannot be written. */
export async function enableNames(ctx: Context): Promise<HostNames> {
  assertAddresses(ctx);
  change(ctx, withNames(readText(ctx.paths.hostsFile), await entriesOf(ctx)));
  return hostNames(ctx);
}

/** Every line that is not hutch's stays as it is. */
export async function disableNames(ctx: Context): Promise<HostNames> {
  assertAddresses(ctx);
  change(ctx, withoutNames(readText(ctx.paths.hostsFile)));
  return hostNames(ctx);
}

/** After an address came or went; nothing where names are not enabled. A file that cannot be written is no failure of the work at hand. */
export async function refreshNames(ctx: Context, step: Pick<StepScope, "note">): Promise<void> {
  if (!hasAddresses(ctx)) return;
  try {
    const text = readText(ctx.paths.hostsFile);
    if (hasNames(text)) change(ctx, withNames(text, await entriesOf(ctx)));
  } catch (error) {
    step.note(`${asHutchError(error).message} Its names of VMs are old now: sudo hutch names enable`, "warn");
  }
}

function change({ paths }: Context, text: string): void {
  if (text !== readText(paths.hostsFile)) writeText(paths.hostsFile, text);
}

async function entriesOf(ctx: Context): Promise<readonly HostName[]> {
  const machines = await listMachines(ctx.client);
  return machines.flatMap(({ name, record }) =>
    record === null || record.address === null || record.state === "trashed" || checkName(name) !== null
      ? []
      : [{ name, address: record.address }],
  );
}

function hasAddresses({ home }: Context): boolean {
  return home.mode === "system" && !home.remote;
}

function assertAddresses(ctx: Context): void {
  if (hasAddresses(ctx)) return;
  throw new HutchError({
    code: "E_HOST",
    message: "Only VMs of this host's own system libvirt have addresses that names can stand for.",
    next: ["hutch --connect qemu:///system names status"],
  });
}
