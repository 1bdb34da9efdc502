/** How a drive that was emptied is filled again. */
import { VirDomainModificationImpact as Impact } from "#ffi";
import { isActive } from "../core/machine/status.ts";
import { findMachineByUuid } from "../host/machines.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";

export const undoDrive = {
  /** `xml`: the drive as it was. */
  emptied: (
    { uuid, name }: OwnedMachine,
    { target, xml, live }: { readonly target: string; readonly xml: string; readonly live: boolean },
  ): UndoEntry => ({
    action: "drive.fill",
    args: { uuid, xml, live: String(live) },
    what: `the image in the drive ${target} of ${name}`,
    command: `hutch info ${name}`,
  }),
};

export function driveUndoActions({ client }: Context): UndoActions {
  return {
    "drive.fill": async ({ uuid = "", xml = "", live }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null || (live === "true" && !isActive(machine.status))) return;
      await client.call("domain.updateDevice", { uuid, xml, flags: live === "true" ? Impact.LIVE : Impact.CONFIG });
    },
  };
}
