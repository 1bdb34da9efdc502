/** How network cards that were added or taken away are put back. */
import { VirDomainModificationImpact as Impact } from "#ffi";
import type { CardSpec } from "../core/machine/spec.ts";
import { isActive } from "../core/machine/status.ts";
import { deviceXml, waitUntilGone } from "../host/devices.ts";
import { findMachineByUuid } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";

export const undoCard = {
  added: ({ uuid, name, record }: OwnedMachine, mac: string): UndoEntry => ({
    action: "card.takeOut",
    args: { uuid, mac, ...asTold(record) },
    what: `the network card ${mac} of ${name}`,
    command: `hutch nic rm ${name} ${mac}`,
  }),
  removed: (
    { uuid, name, record }: OwnedMachine,
    { mac, storedXml, liveXml }: { readonly mac: string; readonly storedXml: string; readonly liveXml: string },
  ): UndoEntry => ({
    action: "card.putBack",
    args: { uuid, mac, storedXml, liveXml, ...asTold(record) },
    what: `the network card ${mac} of ${name}, taken away`,
    command: `hutch nic ls ${name}`,
  }),
};

function asTold({ spec, pending }: OwnedMachine["record"]) {
  return { cards: JSON.stringify({ networks: spec.networks }), pending: JSON.stringify(pending) };
}

export function cardUndoActions(ctx: Context): UndoActions {
  const { client } = ctx;
  const remember = (uuid: string, cards: string, pending: string) =>
    updateRecord(client, ctx.paths, uuid, (now) => {
      const { networks: _, ...spec } = now.spec;
      const before = JSON.parse(cards) as { readonly networks?: readonly CardSpec[] };
      return { ...now, pending: JSON.parse(pending) as string[], spec: { ...spec, ...before } };
    });
  return {
    "card.takeOut": async ({ uuid = "", mac = "", cards = "{}", pending = "[]" }, signal) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null) return;
      const detail = await client.call("domain.detail", { ref: { uuid } });
      const stored = deviceXml(detail.inactiveXml, "interface", mac);
      const live = isActive(machine.status) ? deviceXml(detail.xml, "interface", mac) : "";
      if (stored !== "") await client.call("domain.detachDevice", { uuid, xml: stored, flags: Impact.CONFIG });
      await remember(uuid, cards, pending);
      if (live === "") return;
      await client.call("domain.detachDevice", { uuid, xml: live, flags: Impact.LIVE });
      await waitUntilGone(client, machine, mac, signal);
    },
    "card.putBack": async ({ uuid = "", mac = "", storedXml = "", liveXml = "", cards = "{}", pending = "[]" }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null) return;
      const detail = await client.call("domain.detail", { ref: { uuid } });
      if (storedXml !== "" && deviceXml(detail.inactiveXml, "interface", mac) === "")
        await client.call("domain.attachDevice", { uuid, xml: storedXml, flags: Impact.CONFIG });
      if (liveXml !== "" && isActive(machine.status) && deviceXml(detail.xml, "interface", mac) === "")
        await client.call("domain.attachDevice", { uuid, xml: liveXml, flags: Impact.LIVE });
      await remember(uuid, cards, pending);
    },
  };
}
