/** Network cards beside the first: plugged in and taken out while the VM runs or is off. */
import { VirDomainModificationImpact as Impact } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { macOf } from "../core/mac.ts";
import { AT_NEXT_START } from "../core/machine/pending.ts";
import type { NetworkSpec } from "../core/machine/spec.ts";
import { isActive } from "../core/machine/status.ts";
import { nearNames } from "../core/near.ts";
import type { CardResult, CardRow } from "../core/network-cards.ts";
import { deviceXml, hasFreeSlot, waitUntilGone } from "../host/devices.ts";
import { cardXml } from "../host/network-card.ts";
import { assertNetwork, ensureNetwork } from "../host/networks.ts";
import { updateRecord } from "../host/records.ts";
import { render } from "../host/xml-emit.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { placeOf } from "./domain-input.ts";
import type { OwnedMachine } from "./guest.ts";
import { assertAwake, assertNotSaved, livingMachine } from "./living.ts";
import { cardRows } from "./network-card-rows.ts";
import { undoCard } from "./network-card-undo.ts";
import { operationEnvironment } from "./operation-environment.ts";

/**
 * A running VM gets it at once where there is a place for it, else with its next start, which is said before. E_NOT_FOUND
 * for a network or bridge that is not there, E_HOST where this libvirt has none, E_USAGE for an address: one is kept for
 * the first card only, E_CONFLICT for a saved VM. Cancellable.
 */
export function addCard(ctx: Context, name: string, network: NetworkSpec): Operation<CardResult> {
  const about = { kind: "nic.add", title: `Add a network card to ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    const { uuid } = machine;
    const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
    assertNotSaved(machine, detail);
    await assertPossible(ctx, machine, network, cardRows(machine, detail));
    return op.step("card", "Plug in a network card", async (step) => {
      const mac = macOf(crypto.randomUUID());
      const obstacle = isActive(machine.status) ? whyNotNow(ctx, detail.xml) : null;
      const live = isActive(machine.status) && obstacle === null;
      if (obstacle !== null) step.note(`${obstacle} ${machine.name} gets the card with its next start.`, "warn");
      await ensureNetwork(ctx.client, network, ctx.home);
      await step.undo(undoCard.added(machine, mac));
      const xml = render(cardXml(placeOf(ctx, network), mac));
      const flags = Impact.CONFIG | (live ? Impact.LIVE : 0);
      await ctx.client.call("domain.attachDevice", { uuid, xml, flags }, { signal: step.signal });
      await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({
        ...before,
        spec: { ...before.spec, networks: [...(before.spec.networks ?? []), { mac, network }] },
        pending: obstacle === null ? before.pending : [...before.pending, pendingCard(mac)],
      }));
      const inside = `Its guest sees the card ${mac}; whether it asks for an address there by itself is up to its system: hutch exec ${machine.name} -- ip address`;
      return { name: machine.name, mac, live, warnings: live ? [inside] : [] };
    });
  });
}

/**
 * By its MAC, or its number in the list. E_NOT_FOUND for one that is not there; E_CONFLICT for the first, the way in, and a saved VM; E_GUEST
 * when a running guest does not let go of it, which has it afterwards as before. Cancellable.
 */
export function removeCard(ctx: Context, name: string, which: string): Operation<CardResult> {
  const about = { kind: "nic.rm", title: `Take a network card from ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    const { uuid } = machine;
    const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
    assertNotSaved(machine, detail);
    const { mac } = laterCard(machine, cardRows(machine, detail), which);
    if (deviceXml(detail.xml, "interface", mac) !== "") assertAwake(machine, mac);
    return op.step("card", `Take out ${mac}`, async (step) => {
      const storedXml = deviceXml(detail.inactiveXml, "interface", mac);
      const liveXml = isActive(machine.status) ? deviceXml(detail.xml, "interface", mac) : "";
      await step.undo(undoCard.removed(machine, { mac, storedXml, liveXml }));
      const detach = (xml: string, flags: number) =>
        ctx.client.call("domain.detachDevice", { uuid, xml, flags }, { signal: step.signal });
      if (liveXml !== "") {
        await detach(liveXml, Impact.LIVE);
        await waitUntilGone(ctx.client, machine, mac, step.signal);
      }
      if (storedXml !== "") await detach(storedXml, Impact.CONFIG);
      await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({
        ...before,
        spec: { ...before.spec, networks: (before.spec.networks ?? []).filter((card) => card.mac !== mac) },
        pending: before.pending.filter((each) => each !== pendingCard(mac)),
      }));
      return { name: machine.name, mac, live: liveXml !== "", warnings: [] };
    });
  });
}

function pendingCard(mac: string): string {
  return `network card ${mac}, ${AT_NEXT_START}`;
}

/** A sentence; null when it can be plugged in while it runs. */
function whyNotNow(ctx: Context, liveXml: string): string | null {
  if (ctx.home.driver !== "qemu") return "This driver plugs nothing into a VM that runs.";
  return hasFreeSlot(liveXml) ? null : "Every place that it has for devices is taken.";
}

async function assertPossible(
  ctx: Context,
  { name }: OwnedMachine,
  network: NetworkSpec,
  there: readonly CardRow[],
): Promise<void> {
  if ("address" in network && network.address !== undefined) {
    throw new HutchError({
      code: "E_USAGE",
      message: `${network.address} cannot be kept for this card: hutch keeps an address for a VM's first card only.`,
      next: ["Leave ip= out, and set the address inside the guest."],
    });
  }
  await assertNetwork(ctx.client, network, ctx.home);
  if (placeOf(ctx, network).kind !== "user" || !there.some(({ kind }) => kind === "user")) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${name} has a card in user-mode networking already; a second one would have the same address.`,
    next:
      ctx.home.mode === "session"
        ? ["hutch --connect qemu:///system network ls: VMs of that libvirt have networks"]
        : [`hutch nic add ${name} default`, "hutch network ls"],
  });
}

function laterCard(machine: OwnedMachine, rows: readonly CardRow[], which: string): CardRow {
  const { name } = machine;
  const found = rows.find(({ mac, index }) => mac === which.toLowerCase() || `${index}` === which);
  if (found === undefined) {
    const macs = rows.map(({ mac }) => mac);
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `${name} has no network card ${which}.`,
      next: [...nearNames(which, macs).map((near) => `Did you mean "${near}"?`), `hutch nic ls ${name}`],
    });
  }
  if (found.index !== 1) return found;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `The card ${found.mac} is the way in to ${name} itself: hutch reaches it by that.`,
    next: [`hutch nic ls ${name}`],
  });
}
