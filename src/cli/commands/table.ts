/** Every command by its words; each module is loaded only when its command is chosen. */
import { type Entry, entry } from "./entry.ts";
import { HOST_ENTRIES } from "./host-entries.ts";
import { VM_ENTRIES } from "./vm-entries.ts";

export const TABLE: readonly Entry[] = [...VM_ENTRIES, ...HOST_ENTRIES];

/** `hutch` without a command. */
export const BARE: Entry = entry([], "", "", async () => (await import("./bare.ts")).bare);
