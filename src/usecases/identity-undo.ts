/** How a VM gets its old name back, and a foreign one is foreign again. */
import { VirDomainModificationImpact as Impact } from "#ffi";
import { RECORD_NAMESPACE, RECORD_PREFIX } from "../core/machine/record.ts";
import { isActive } from "../core/machine/status.ts";
import { findMachineByUuid } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";

export const undoIdentity = {
  renamed: ({ uuid, name }: OwnedMachine, specName: string): UndoEntry => ({
    action: "domain.nameBack",
    args: { uuid, name, specName },
    what: `the new name of ${name}`,
    command: `hutch rename ${uuid} ${name}`,
  }),
  adopted: (uuid: string, name: string): UndoEntry => ({
    action: "record.remove",
    args: { uuid },
    what: `the record of ${name}`,
    command: `virsh metadata ${uuid} ${RECORD_NAMESPACE} --remove --config`,
  }),
};

export function identityUndoActions(ctx: Context): UndoActions {
  const { client } = ctx;
  return {
    "domain.nameBack": async ({ uuid = "", name = "", specName = "" }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null) return;
      if (machine.name !== name) await client.call("domain.rename", { uuid, name });
      if (machine.record?.spec.name === specName) return;
      await updateRecord(client, ctx.paths, uuid, (now) => ({ ...now, spec: { ...now.spec, name: specName } }));
    },
    "record.remove": async ({ uuid = "" }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null || machine.record === null) return;
      const flags = Impact.CONFIG | (isActive(machine.status) ? Impact.LIVE : 0);
      const element = { namespace: RECORD_NAMESPACE, prefix: RECORD_PREFIX, xml: null };
      await client.call("domain.setMetadata", { uuid, ...element, flags });
    },
  };
}
