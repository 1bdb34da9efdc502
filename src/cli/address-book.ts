/** Which VMs a command means. */
import { HutchError } from "../core/errors.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { Cli } from "./cli.ts";

/** The names given, each once; with --all, those of ours that `applies` to. E_USAGE for neither or both. */
export async function chosenNames(
  cli: Cli,
  names: readonly string[],
  all: boolean,
  applies: (machine: MachineView) => boolean,
): Promise<readonly string[]> {
  if (all && names.length > 0) {
    throw new HutchError({
      code: "E_USAGE",
      message: "--all and names do not go together.",
      next: ["Leave one of them out."],
    });
  }
  if (!all && names.length === 0) {
    const { required } = await import("./required.ts");
    const next = ["Name one or more VMs, or use --all.", "hutch list"];
    return required(cli, [{ syntax: "<names...>", text: "Which VMs?", of: "vm" }], { next });
  }
  if (!all) return [...new Set(names)];
  const hutch = await cli.hutch();
  const machines = await hutch.list();
  return machines.filter((machine) => machine.record?.state === "made" && applies(machine)).map(({ name }) => name);
}
