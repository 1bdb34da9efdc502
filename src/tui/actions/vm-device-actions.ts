/** What leads into a VM and out of it: files, folders, ports, disks, network cards. Most of it is typed on. */
import type { Action } from "./action.ts";
import { mine, mineAndRunning, running, vm } from "./vm-row.ts";

/** What goes on with a path in it. */
const inside = (name: string) => `${name}:`;

export const VM_DEVICE_ACTIONS: readonly Action[] = [
  vm({
    id: "vm.copy",
    title: "Copy files into it",
    one: true,
    words: ["cp"],
    operand: inside,
    cannot: mineAndRunning,
    act: { k: "type", ahead: true },
  }),
  vm({
    id: "vm.port",
    title: "Lead a port into it",
    one: true,
    words: ["port", "add"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({
    id: "vm.port-close",
    title: "Lead a port into it no more",
    one: true,
    words: ["port", "rm"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({
    id: "vm.mount",
    title: "Mount a folder in it",
    one: true,
    words: ["mount"],
    operand: (name) => `${name}:/mnt`,
    cannot: mine,
    act: { k: "type", ahead: true },
  }),
  vm({
    id: "vm.unmount",
    title: "Take a folder out of it",
    one: true,
    words: ["umount"],
    operand: inside,
    cannot: mine,
    act: { k: "type" },
  }),
  vm({
    id: "vm.disk-attach",
    title: "Give it a further disk",
    one: true,
    words: ["disk", "attach"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({
    id: "vm.disk-detach",
    title: "Take a disk from it",
    one: true,
    words: ["disk", "detach"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({
    id: "vm.card-attach",
    title: "Give it a network card",
    one: true,
    words: ["nic", "add"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({
    id: "vm.card-detach",
    title: "Take a network card from it",
    one: true,
    words: ["nic", "rm"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({
    id: "vm.export",
    title: "Write it into a file",
    one: true,
    words: ["export"],
    cannot: mine,
    act: { k: "type" },
  }),
  vm({
    id: "vm.display",
    title: "Tell how to see its screen",
    one: true,
    words: ["display"],
    cannot: running,
    act: { k: "command" },
  }),
];
