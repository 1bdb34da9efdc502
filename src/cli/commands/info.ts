/** `info`: one VM in full. */
import { formatForward } from "../../core/forward-syntax.ts";
import type { MachineInfo } from "../../core/requests.ts";
import { shellWord } from "../../core/shell-word.ts";
import { formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { CARD_STATES } from "../render/card-states.ts";
import { stateOf } from "../render/machine-columns.ts";
import { pairs } from "../render/table.ts";
import { widthOf } from "../render/width.ts";

export const info: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID", of: "vm" }],
  flags: {},
  json: "machine: MachineInfo",
  examples: ["hutch info web", "hutch info web -o yaml"],
  notes:
    "A terminal that the whole ssh command does not fit is told the short way in only; a pipe and -o json get both.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const machine = await hutch.info(name);
    await cli.print({
      data: { machine },
      text: (columns) => pairs(rows(machine, columns), columns),
      names: [machine.name],
    });
    for (const problem of machine.problems) cli.warn(problem);
  },
});

function rows(machine: MachineInfo, columns: number): readonly (readonly [string, string])[] {
  const { record, status } = machine;
  const reason = status.reason === "" ? "" : ` (${status.reason})`;
  const some = (key: string, values: readonly string[]) =>
    values.map((value, index): readonly [string, string] => [index === 0 ? key : " ", value]);
  return [
    ["Name", machine.name],
    ["State", `${stateOf(machine)}${reason}`],
    ...some(
      "Address",
      machine.addresses.map(({ address, source }) => `${address} (${source})`),
    ),
    ...some("Log in", machine.ssh === null ? [] : logIn(machine.name, machine.ssh, columns)),
    ...some("Published", (record?.spec.publish ?? []).map(formatForward)),
    ...(record?.spec.display === true ? [["Screen", `hutch display ${shellWord(machine.name)}`] as const] : []),
    ["CPUs", `${machine.cpus}`],
    ["Memory", formatSize(machine.memoryBytes)],
    ...some(
      "Disk",
      machine.disks.map(
        (disk) => `${disk.target}: ${[sizeOf(disk), disk.format, disk.source].filter(Boolean).join(", ")}`,
      ),
    ),
    ...(record === null ? [["Made by", "others"] as const] : recordRows(record)),
    ...some(
      "Snapshots",
      machine.snapshots.map(({ name, current }) => (current ? `${name} (current)` : name)),
    ),
    ["Autostart", machine.autostart ? "on" : "off"],
    ["Kind", [machine.domainType, machine.machineType, machine.firmware].filter(Boolean).join(", ")],
    ...some(
      "Network card",
      machine.cards.map(({ mac, kind, source, state }) =>
        [mac, kind, source, CARD_STATES[state]].filter(Boolean).join(", "),
      ),
    ),
    ...some("Console log", machine.consoleLog === null ? [] : [machine.consoleLog]),
    ["UUID", machine.uuid],
  ];
}

/** The long way can be copied only from one line. */
function logIn(name: string, ssh: string, columns: number): readonly string[] {
  const short = `hutch shell ${shellWord(name)}`;
  return widthOf(ssh) > columns ? [short] : [short, ssh];
}

function recordRows({
  image,
  spec,
  engine,
  cloudInit,
  pending,
  createdAt,
  trash,
  description,
  tags,
  mounts,
  startOrder,
  startDelay,
  protected: isProtected,
}: NonNullable<MachineInfo["record"]>): readonly (readonly [string, string])[] {
  return [
    ["Image", image === null ? spec.image : `${image.name} (${image.trust})`],
    ["User", spec.user],
    ["Engine", engine === null ? "" : `${engine.name} ${engine.version} (${engine.source})`],
    ["cloud-init", cloudInit === null ? "" : [cloudInit.state, ...cloudInit.errors].join("; ")],
    ["Made", createdAt],
    ...(description === "" ? [] : [["Description", description] as const]),
    ...(tags.length === 0 ? [] : [["Tags", tags.join(", ")] as const]),
    ...(isProtected ? [["Protected", "yes"] as const] : []),
    ...(startOrder === null ? [] : [["Start order", `${startOrder}, then ${startDelay} s`] as const]),
    ...mounts.map(
      ({ hostPath, guestPath, readonly, by }) =>
        ["Mount", `${hostPath} → ${guestPath} (${by}${readonly ? ", read-only" : ""})`] as const,
    ),
    ...(trash === null ? [] : [["In the trash", `since ${trash.at}`] as const]),
    ...(pending.length === 0 ? [] : [["Pending", pending.join("; ")] as const]),
  ];
}

function sizeOf({ virtualBytes, usedBytes }: MachineInfo["disks"][number]): string {
  if (virtualBytes === null) return "";
  return `${formatSize(virtualBytes)}${usedBytes === null ? "" : `, ${formatSize(usedBytes)} used`}`;
}
