/** The network cards of a VM, as it runs and as it will. */
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { CardRow } from "../core/network-cards.ts";
import { type InterfaceFacts, readDomain } from "../host/domain-read.ts";
import { findMachine } from "../host/machines.ts";
import type { Context } from "./context.ts";

/** Those of VMs that others made too. E_NOT_FOUND. */
export async function cards(ctx: Context, name: string): Promise<readonly CardRow[]> {
  const machine = await findMachine(ctx.client, name);
  return cardRows(machine, await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } }));
}

export function cardRows(
  machine: MachineView,
  { xml, inactiveXml }: { readonly xml: string; readonly inactiveXml: string },
): readonly CardRow[] {
  const stored = firstFirst(machine, readDomain(inactiveXml).interfaces);
  const running = isActive(machine.status) ? readDomain(xml).interfaces : stored;
  const isIn = (list: readonly InterfaceFacts[], { mac }: InterfaceFacts) => list.some((each) => each.mac === mac);
  const going = running.filter((card) => !isIn(stored, card));
  return [...stored, ...going].map((card, at) => ({
    index: at + 1,
    mac: card.mac ?? "",
    kind: card.kind,
    source: card.source,
    state: !isIn(stored, card) ? "going" : isIn(running, card) ? "plugged" : "coming",
  }));
}

/** The one that hutch reaches the VM by; QEMU's own arguments, which may hold it, are read last. */
function firstFirst({ record }: MachineView, all: readonly InterfaceFacts[]): readonly InterfaceFacts[] {
  const isFirst = ({ mac }: InterfaceFacts) => mac !== null && mac === record?.mac;
  return [...all.filter(isFirst), ...all.filter((card) => !isFirst(card))];
}
