/** `delete`: into the trash, or with --purge for good. */
import { HutchError } from "../../core/errors.ts";
import { assertNotPaused } from "../../core/machine/power-button.ts";
import { isActive } from "../../core/machine/status.ts";
import type { MachineView } from "../../core/machine/view.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { agreeToLose, type Loss } from "../prompts.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";

export const remove: Command = defineCommand({
  operands: [{ syntax: "<names...>", text: "names or UUIDs", of: "vm" }],
  flags: {
    purge: toggle("--purge", "for good: disks and all"),
    force: toggle("-f, --force", "cut the power instead of shutting down; with --purge, running VMs too"),
  },
  json: POWER_JSON,
  examples: ["hutch delete web", "hutch recover web", "hutch delete web --purge --yes"],
  notes:
    "A deleted VM stays in the trash, stopped, with its disks and its address, until hutch purge. A paused one hears no power button: resume it, or cut its power with --force. A running VM goes for good only with --force as well: no snapshot outlives the disks that it lies in.",
  run: async (cli, { purge, force }, { operands }) => {
    const hutch = await cli.hutch();
    const names = [...new Set(operands)];
    const chosen = (await hutch.list()).filter(
      (machine) => names.includes(machine.name) || names.includes(machine.uuid),
    );
    const living = chosen.filter(({ record }) => record !== null && record.state !== "trashed");
    const gone = living.filter((machine) => purge || goesForGood(machine));
    const stopped = living.filter((machine) => !gone.includes(machine) && isActive(machine.status));
    if (!force) {
      for (const machine of gone) assertAtRest(machine);
      for (const machine of stopped) assertNotPaused(machine, "delete");
    }
    if (gone.length > 0) await agreeToLose(cli, "Remove them for good, disks and all?", gone.map(lossOf));
    if (stopped.length > 0) {
      await agreeToLose(
        cli,
        "Stop them and put them into the trash?",
        stopped.map(({ name, status }) => ({ name, what: [held(status, force)] })),
      );
    }
    await printResults(cli, await follow(cli, hutch.delete({ names, purge, force })));
  },
});

/** A VM that is thrown away when it stops, or was never finished, has no place in the trash. */
function goesForGood({ record }: MachineView): boolean {
  return record?.spec.ephemeral === true || record?.state === "making";
}

/** The trash is what keeps a running VM safe: E_CONFLICT for one that would go for good past it. */
function assertAtRest(machine: MachineView): void {
  const { name, status } = machine;
  if (goesForGood(machine) || !isActive(status)) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${name} is ${status.power}: it does not go for good while it is in use.`,
    why: "A snapshot taken now would go with its disks. The trash keeps both until hutch purge.",
    next: [
      `hutch delete ${name}: into the trash, and hutch recover ${name} brings it back`,
      `hutch delete ${name} --purge --force: for good all the same`,
    ],
  });
}

function lossOf({ name, record, status }: MachineView): Loss {
  const disks = (record?.volumes ?? []).map((volume) => `${record?.pool}/${volume}`);
  return { name, what: [...(isActive(status) || status.power === "saved" ? [held(status, true)] : []), ...disks] };
}

function held({ power }: MachineView["status"], cut: boolean): string {
  return cut ? `is ${power}: what only its memory holds is lost` : `is ${power}`;
}
