/** `mount` and `umount`: folders of this host in VMs. */
import type { MountTurn } from "../../core/enter.ts";
import { MOUNT_WAYS, parseMountTarget } from "../../core/mount-syntax.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { oneOf, option, toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";
import { table } from "../render/table.ts";
import { required } from "../required.ts";

/** SIGTERM's own exit code. */
const TERMINATED = 143;

const TARGET = { syntax: "<target>", text: "where it is to be seen: NAME:/PATH" } as const;

export const mount: Command = defineCommand({
  operands: [
    { syntax: "[folder]", text: "a folder of this host" },
    { ...TARGET, syntax: "[target]" },
  ],
  flags: {
    readonly: toggle("--read-only", "the guest may look, and not write"),
    by: option("--by <way>", `${MOUNT_WAYS.join(", ")} (the best that there is)`, oneOf(MOUNT_WAYS)),
  },
  json: ["mounts: MountRow[]", "results: PowerResult[] // of virtiofs and 9p", "mount: MountRow // of sshfs"].join(
    "\n",
  ),
  examples: ["hutch mount ./site web:/srv/site", "hutch mount --read-only ~/music web:/music", "hutch mount"],
  notes:
    "By virtiofs where libvirt has it, else by 9p, else by sshfs; it says which. By sshfs the folder is there as long as this command runs, through restarts of the VM: Ctrl-C unmounts it. One that was cut off is told by the next start of its VM. In session mode libvirt before 10.0 (Debian 12) has no other way. Without operands it lists what is mounted.",
  run: async (cli, { readonly, by }, { operands: [folder, where] }) => {
    if (folder === undefined) return list(cli);
    const [target = ""] =
      where === undefined ? await required(cli, [TARGET], { next: [`hutch mount ${folder} NAME:/PATH`] }) : [where];
    const { machine, guestPath } = parseMountTarget(target);
    const request = {
      hostPath: folder,
      guestPath,
      ...(readonly ? { readonly } : {}),
      ...(by === undefined ? {} : { by }),
    };
    const hutch = await cli.hutch();
    const way = await hutch.mounts.way(machine, request);
    cli.say(`${folder} comes to ${machine} ${way.why}.`);
    if (way.by === "sshfs") return hold(cli, machine, request);
    await printResults(cli, await follow(cli, hutch.mounts.add(machine, request)));
    return 0;
  },
});

export const umount: Command = defineCommand({
  operands: [{ syntax: "<target>", text: "NAME:/PATH" }],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch umount web:/srv/site"],
  run: async (cli, _flags, { operands: [target = ""] }) => {
    const { machine, guestPath } = parseMountTarget(target);
    const hutch = await cli.hutch();
    await printResults(cli, await follow(cli, hutch.mounts.remove(machine, guestPath)));
  },
});

async function list(cli: Cli): Promise<number> {
  const hutch = await cli.hutch({ readonly: true });
  const mounts = await hutch.mounts.list();
  await cli.print({
    data: { mounts },
    text: (columns) =>
      table(
        ["VM", "PATH", "FOLDER", "BY", "MODE"],
        mounts.map(({ machine, guestPath, hostPath, by, readonly, held }) => [
          machine,
          guestPath,
          hostPath,
          by,
          [...(readonly ? ["read-only"] : []), ...(held === false ? ["held by nobody here"] : [])].join(", "),
        ]),
        { columns, paths: ["FOLDER"] },
      ),
    names: mounts.map(({ machine, guestPath }) => `${machine}:${guestPath}`),
  });
  return 0;
}

/** Until Ctrl-C, SIGTERM, or the guest's end of it. */
async function hold(
  cli: Cli,
  machine: string,
  request: { readonly hostPath: string; readonly guestPath: string },
): Promise<number> {
  cli.say("A guest without sshfs gets it first, which takes its package manager a while.");
  const hutch = await cli.hutch();
  const stop = new AbortController();
  let code = 0;
  const asked = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  const released = [
    cli.terminal.onSignal("SIGINT", () => stop.abort()),
    cli.terminal.onSignal("SIGTERM", () => {
      code = TERMINATED;
      stop.abort();
    }),
  ];
  try {
    const turns: Readonly<Record<MountTurn, string>> = {
      gone: `${machine} went away. The folder is there again once it is back.`,
      back: `Mounted at ${machine}:${request.guestPath} again.`,
    };
    const held = await hutch.mounts.hold(machine, request, {
      signal: stop.signal,
      onTurn: (turn) => cli.say(turns[turn]),
    });
    await cli.print({
      data: { mount: held.mount },
      text: () => "",
      names: [`${held.mount.machine}:${held.mount.guestPath}`],
    });
    cli.say(`Mounted at ${machine}:${request.guestPath}. Ctrl-C unmounts it.`);
    const how = await Promise.race([asked.then(() => "asked" as const), held.ended.then(() => "ended" as const)]);
    if (how === "ended") cli.say(`It is mounted no longer: it was unmounted there, or ${machine} is no more.`);
    else await held.close();
    return code;
  } finally {
    for (const release of released) release();
  }
}
