/** The host's networks: looked at, and taken away when nobody uses them. */
import { HutchError } from "../core/errors.ts";
import type { LeaseRow, NetworkInfo, NetworkSummary } from "../core/surroundings.ts";
import { readDomain } from "../host/domain-read.ts";
import { readNetwork } from "../host/network-read.ts";
import { assertNetworksHere, find } from "../host/networks.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { undoOf } from "./undo-actions.ts";

export async function networkRows(ctx: Context): Promise<readonly NetworkSummary[]> {
  assertNetworksHere(ctx.home);
  const rows = (await ctx.client.call("network.list", {})).map(readNetwork);
  return rows
    .map(({ name, mode, bridge, subnets, active, autostart }) => ({ name, mode, bridge, subnets, active, autostart }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** E_NOT_FOUND, with near names. */
export async function networkInfo(ctx: Context, name: string): Promise<NetworkInfo> {
  assertNetworksHere(ctx.home);
  const { cidrs: _, ...facts } = readNetwork(await find(ctx.client, name));
  const cards = await cardsOf(ctx);
  return { ...facts, usedBy: [...new Set(cards.filter(({ network }) => network === name).map(({ vm }) => vm))].sort() };
}

/** By address. E_NOT_FOUND. */
export async function networkLeases(ctx: Context, name: string): Promise<readonly LeaseRow[]> {
  assertNetworksHere(ctx.home);
  const { active } = await find(ctx.client, name);
  if (!active) return [];
  const leases = await ctx.client.call("network.leases", { name });
  const owners = new Map((await cardsOf(ctx)).map(({ mac, vm }) => [mac, vm]));
  return leases
    .map(({ address, mac, hostname, expiry }) => ({
      address,
      mac,
      hostname,
      expiresAt: expiry === 0 ? null : new Date(expiry * 1000).toISOString(),
      machine: owners.get(mac?.toLowerCase() ?? "") ?? null,
    }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** E_CONFLICT while a VM has a card in it, running or not, E_NOT_FOUND. What was stopped is started again when it fails. */
export function removeNetwork(ctx: Context, name: string): Operation<{ readonly name: string }> {
  const about = { kind: "network.rm", title: `Remove the network ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const { usedBy, active } = await op.step("check", "Check who uses it", () => networkInfo(ctx, name));
    if (usedBy.length > 0) {
      throw new HutchError({
        code: "E_CONFLICT",
        message: `The network ${name} is used by ${usedBy.join(", ")}.`,
        why: "They could not be started without it.",
        next: usedBy.map((vm) => `hutch info ${vm}`),
      });
    }
    await op.step("remove", `Remove ${name}`, async (step) => {
      const { autostart, xml } = await find(ctx.client, name);
      await step.undo(undoOf.removedNetwork(name, { xml, active, autostart }));
      if (active) await ctx.client.call("network.destroy", { name }, { signal: step.signal });
      await ctx.client.call("network.undefine", { name }, { signal: step.signal });
    });
    return { name };
  });
}

type Card = { readonly vm: string; readonly network: string | null; readonly mac: string };

/** Of every VM, as it runs and as it will: one that is gone meanwhile has none. */
async function cardsOf(ctx: Context): Promise<readonly Card[]> {
  const cards: Card[] = [];
  for (const { uuid, name } of await ctx.client.call("domain.list", {})) {
    const detail = await ctx.client.call("domain.detail", { ref: { uuid } }).catch(() => null);
    for (const xml of new Set(detail === null ? [] : [detail.xml, detail.inactiveXml])) {
      for (const { kind, source, mac } of readDomain(xml).interfaces)
        cards.push({ vm: name, network: kind === "network" ? source : null, mac: mac?.toLowerCase() ?? "" });
    }
  }
  return cards;
}
