/** What can be done to VMs. A further verb of the command line is an entry here. */
import { isActive } from "../../core/machine/status.ts";
import type { MachineView } from "../../core/machine/view.ts";
import type { ListScreen } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { isTrashed } from "../store/machine-facts.ts";
import type { Action } from "./action.ts";
import { type RowAction, rowAction } from "./targets.ts";

const screen = SCREEN.vms as ListScreen<MachineView>;

const vm = (about: RowAction<MachineView>): Action => rowAction(screen, "VM", ({ name }) => [name], about);

const living = (machine: MachineView) => (isTrashed(machine) ? `${machine.name} is in the trash.` : null);
const running = (machine: MachineView) =>
  living(machine) ?? (isActive(machine.status) ? null : `${machine.name} does not run.`);
const stopped = (machine: MachineView) =>
  living(machine) ?? (isActive(machine.status) ? `${machine.name} runs already.` : null);
const mine = (machine: MachineView) =>
  machine.record === null
    ? `hutch did not make ${machine.name}; hutch adopt ${machine.name} brings it under hutch.`
    : null;
const trashed = (machine: MachineView) => (isTrashed(machine) ? null : `${machine.name} is not in the trash.`);
const unprotected = (machine: MachineView) =>
  mine(machine) ?? living(machine) ?? (machine.record?.protected === true ? `${machine.name} is protected.` : null);
const withPower = (power: string, word: string) => (machine: MachineView) =>
  living(machine) ?? (machine.status.power === power ? null : `${machine.name} is not ${word}.`);

export const VM_ACTIONS: readonly Action[] = [
  vm({
    id: "vm.start",
    title: "Start",
    keys: ["s"],
    foot: 3,
    words: ["start"],
    cannot: (machine) => mine(machine) ?? stopped(machine),
    act: { k: "operation", start: (hutch, names) => hutch.start(names) },
  }),
  vm({
    id: "vm.stop",
    title: "Shut down",
    short: "stop",
    keys: ["S"],
    foot: 4,
    ask: "yes",
    words: ["stop"],
    cannot: running,
    act: { k: "operation", start: (hutch, names) => hutch.stop({ names }) },
  }),
  vm({
    id: "vm.restart",
    title: "Restart",
    keys: ["R"],
    ask: "yes",
    words: ["restart"],
    cannot: running,
    act: { k: "operation", start: (hutch, names) => hutch.restart({ names }) },
  }),
  vm({
    id: "vm.force-off",
    title: "Cut the power",
    ask: "name",
    warning: "As if the plug was pulled: what the guest has not written to its disk is lost.",
    words: ["stop", "--force"],
    cannot: running,
    act: { k: "operation", start: (hutch, names) => hutch.stop({ names, force: true }) },
  }),
  vm({
    id: "vm.pause",
    title: "Pause",
    keys: ["z"],
    words: ["pause"],
    cannot: withPower("running", "running"),
    act: { k: "command" },
  }),
  vm({
    id: "vm.resume",
    title: "Resume",
    keys: ["Z"],
    words: ["resume"],
    cannot: withPower("paused", "paused"),
    act: { k: "command" },
  }),
  vm({
    id: "vm.save",
    title: "Save memory to disk and stop",
    ask: "yes",
    words: ["save"],
    cannot: running,
    act: { k: "command" },
  }),
  vm({
    id: "vm.console",
    title: "Console",
    keys: ["c"],
    foot: 5,
    one: true,
    words: ["console"],
    cannot: running,
    act: { k: "terminal" },
  }),
  vm({
    id: "vm.shell",
    title: "Shell (ssh)",
    short: "shell",
    keys: ["t"],
    foot: 6,
    one: true,
    words: ["shell"],
    cannot: (machine) => mine(machine) ?? running(machine),
    act: { k: "terminal" },
  }),
  vm({
    id: "vm.exec",
    title: "Run a command in it",
    one: true,
    words: ["exec"],
    after: ["--"],
    cannot: running,
    act: { k: "type" },
  }),
  vm({
    id: "vm.edit",
    title: "Edit its definition",
    keys: ["e"],
    one: true,
    words: ["edit"],
    cannot: living,
    act: { k: "terminal" },
  }),
  vm({
    id: "vm.set",
    title: "Change its settings",
    keys: ["="],
    one: true,
    words: ["set"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({ id: "vm.rename", title: "Rename", one: true, words: ["rename"], cannot: living, act: { k: "type" } }),
  vm({ id: "vm.clone", title: "Clone", keys: ["C"], one: true, words: ["clone"], cannot: living, act: { k: "type" } }),
  vm({
    id: "vm.snapshot",
    title: "Take a snapshot",
    keys: ["m"],
    one: true,
    words: ["snapshot", "create"],
    cannot: living,
    act: { k: "type" },
  }),
  vm({ id: "vm.copy", title: "Copy files", one: true, words: ["cp"], cannot: running, act: { k: "type" } }),
  vm({
    id: "vm.port",
    title: "Lead a port into it",
    one: true,
    words: ["port", "add"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({ id: "vm.mount", title: "Mount a folder in it", one: true, words: ["mount"], cannot: mine, act: { k: "type" } }),
  vm({
    id: "vm.adopt",
    title: "Bring it under hutch",
    one: true,
    words: ["adopt"],
    cannot: ({ name, record }) => (record === null ? null : `${name} is hutch's already.`),
    act: { k: "type" },
  }),
  vm({
    id: "vm.engine",
    title: "Install a container engine",
    keys: ["E"],
    ask: "yes",
    words: ["engine", "install", "docker"],
    cannot: (machine) =>
      mine(machine) ??
      running(machine) ??
      (machine.record?.engine ? `${machine.name} has ${machine.record.engine.name} already.` : null),
    act: { k: "operation", start: (hutch, names) => hutch.engine.install("docker", names) },
  }),
  vm({
    id: "vm.cloud-init",
    title: "Show cloud-init's log",
    one: true,
    words: ["logs", "--cloud-init"],
    cannot: (machine) => mine(machine) ?? running(machine),
    act: { k: "command" },
  }),
  vm({
    id: "vm.delete",
    title: "Delete (into the trash)",
    short: "delete",
    keys: ["D", "delete"],
    foot: 9,
    ask: "name",
    warning: "It is shut down and put into the trash with its disks and address: {vm.recover} recovers it.",
    words: ["delete", "--yes"],
    cannot: unprotected,
    act: { k: "operation", start: (hutch, names) => hutch.delete({ names }) },
  }),
  vm({
    id: "vm.recover",
    title: "Recover from the trash",
    keys: ["u"],
    words: ["recover"],
    cannot: trashed,
    act: { k: "operation", start: (hutch, names) => hutch.recover(names) },
  }),
  vm({
    id: "vm.purge",
    title: "Purge from the trash",
    ask: "name",
    losses: true,
    warning: "This cannot be undone.",
    words: ["purge", "--yes"],
    cannot: trashed,
    act: { k: "operation", start: (hutch, names) => hutch.purge(names) },
  }),
];

/** What a tab's own keys do, while it is spread over the whole body. */
export const TAB_ACTIONS: readonly Action[] = [
  vm({
    id: "vm.attach",
    title: "Attach to the console",
    keys: ["enter"],
    foot: 1,
    tab: "console",
    one: true,
    words: ["console"],
    cannot: running,
    act: { k: "terminal" },
  }),
];
