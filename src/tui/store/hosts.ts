/**
 * Hosts beside one another. Where there are several, what a list calls the UUID of a VM has its host's name behind it
 * (`…@nas`), for two hosts may know the same one; with one host it is the UUID itself.
 */
import type { MachineView } from "../../core/machine/view.ts";
import type { HostSummary } from "../../core/watching.ts";
import type { State } from "./state.ts";

export type Link =
  | { readonly how: "opening" }
  | { readonly how: "up" }
  /** `since` is epoch milliseconds. */
  | { readonly how: "lost"; readonly message: string; readonly since: number };

export type HostState = {
  readonly name: string;
  readonly uri: string;
  /** What `--connect` takes to mean it; null where nothing needs to be said. */
  readonly connect: string | null;
  readonly link: Link;
  /** null until it has told. */
  readonly summary: HostSummary | null;
};

/** Hosts, whatever is known of them. */
type Among = { readonly hosts: readonly unknown[] };

export function hasSeveral({ hosts }: Among): boolean {
  return hosts.length > 1;
}

/** What a VM of that host is called in lists. */
export function idOn(state: Among, host: string, uuid: string): string {
  return hasSeveral(state) ? `${uuid}@${host}` : uuid;
}

/** libvirt's own name for it. */
export function uuidOf(id: string): string {
  return id.split("@", 1)[0] ?? id;
}

/** Whose VM it is; null where there is only one host. */
export function hostOf(id: string | null): string | null {
  const at = id?.indexOf("@") ?? -1;
  return id === null || at === -1 ? null : id.slice(at + 1);
}

/** What a VM is called among the hosts there are now; `before` are those among which it was called so. */
export function idAmong(state: Among, id: string, before: readonly HostState[]): string {
  return idOn(state, hostOf(id) ?? before[0]?.name ?? "", uuidOf(id));
}

export function hostNamed({ hosts }: Pick<State, "hosts">, name: string | null | undefined): HostState | undefined {
  return hosts.length === 1 ? hosts[0] : hosts.find((host) => host.name === name);
}

export function machinesOf(state: Pick<State, "hosts" | "machines">, host: string): readonly MachineView[] {
  const machines = [...state.machines.values()];
  return hasSeveral(state) ? machines.filter(({ uuid }) => hostOf(uuid) === host) : machines;
}

/** Of those that have told theirs. */
export function memoryOfAll({ hosts }: Pick<State, "hosts">): number {
  return hosts.reduce((sum, { summary }) => sum + (summary?.memoryBytes ?? 0), 0);
}

const narrowed = new WeakMap<State["machines"], { readonly only: string; readonly machines: State["machines"] }>();

/** Those of the hosts that are shown. The same map for the same state. */
export function shownMachines({ machines, only }: State): State["machines"] {
  if (only === null) return machines;
  const known = narrowed.get(machines);
  if (known?.only === only) return known.machines;
  const own = new Map([...machines].filter(([id]) => hostOf(id) === only));
  narrowed.set(machines, { only, machines: own });
  return own;
}
