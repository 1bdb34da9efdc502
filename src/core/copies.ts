/** Copies of a VM, on this host and in files. */
import type { MachineView } from "./machine/view.ts";

export type CloneRequest = {
  /** The copy's name. */
  readonly to: string;
  /** A disk of its own through and through, rather than on top of the base image that both share. */
  readonly full?: boolean;
};

export type CloneResult = { readonly machine: MachineView; readonly warnings: readonly string[] };
