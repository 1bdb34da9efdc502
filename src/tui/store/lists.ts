/** What hosts have besides VMs: of each host its own, read when it is looked at, and the rows of all of them as one list. */
import type { HostNetwork, HostPool, HostSnapshot } from "../../core/watching.ts";
import { type HostState, hasSeveral } from "./hosts.ts";
import { type ImageLine, known, NOTHING, type Remote, type ScreenId, type State } from "./state.ts";

type Rows = {
  readonly images: ImageLine;
  readonly networks: HostNetwork;
  readonly pools: HostPool;
  readonly snapshots: HostSnapshot;
};
export type ListPart = keyof Rows;
export type HostLists = { readonly [P in ListPart]: Remote<readonly Rows[P][]> };
/** A row, and whose it is. */
export type At<T> = T & { readonly host: string };

export const NO_LISTS: HostLists = { images: NOTHING, networks: NOTHING, pools: NOTHING, snapshots: NOTHING };

/** What each of these screens shows. */
export const LIST_OF: Partial<Readonly<Record<ScreenId, ListPart>>> = {
  images: "images",
  networks: "networks",
  storage: "pools",
  snapshots: "snapshots",
};

/** What is known of one host's; the current one's, when none is named. */
export function listOf<P extends ListPart>(
  { lists, current }: Pick<State, "lists" | "current">,
  part: P,
  host: string = current,
): HostLists[P] {
  return (lists.get(host) ?? NO_LISTS)[part];
}

/** The hosts whose rows are shown. */
export function shownHosts({ hosts, only }: Pick<State, "hosts" | "only">): readonly HostState[] {
  return only === null ? hosts : hosts.filter(({ name }) => name === only);
}

const joined = new WeakMap<State["lists"], Map<string, readonly unknown[]>>();

/** Those of the hosts that are shown, host by host. The same array for the same state. */
export function rowsOfAll<P extends ListPart>(state: State, part: P): readonly At<Rows[P]>[] {
  const kept = joined.get(state.lists) ?? new Map<string, readonly unknown[]>();
  joined.set(state.lists, kept);
  const how = `${part} ${state.only ?? ""}`;
  const before = kept.get(how);
  if (before !== undefined) return before as readonly At<Rows[P]>[];
  const rows = shownHosts(state).flatMap(({ name }) =>
    (known<readonly Rows[P][]>(listOf(state, part, name)) ?? []).map((row) => ({ ...row, host: name })),
  );
  kept.set(how, rows);
  return rows;
}

/** How reading them goes as a whole: it has failed where one host's has, and waits for those that can be waited for. */
export function remoteOfAll(state: State, part: ListPart): Remote<unknown> {
  const failed = unread(state, part);
  const words = failed.map(({ name, message }) => (hasSeveral(state) ? `${name}: ${message}` : message));
  if (failed.length > 0) return { how: "failed", message: words.join("\n"), value: null };
  const waits = shownHosts(state).some(({ name }) => listOf(state, part, name).how !== "ready");
  return waits ? NOTHING : { how: "ready", value: null };
}

/** Hosts that could not be asked, and why. */
export function unread(state: State, part: ListPart): readonly { readonly name: string; readonly message: string }[] {
  return shownHosts(state).flatMap(({ name, link }) => {
    const remote = listOf(state, part, name);
    const why = remote.how === "failed" ? remote : link.how === "lost" && remote.how !== "ready" ? link : null;
    return why === null ? [] : [{ name, message: why.message }];
  });
}

/** Of a row, with its host's name behind it: no host's name has a space. */
export function keyOn({ host }: At<unknown>, ...words: readonly string[]): string {
  return [...words, host].join(" ");
}

/** Whose row that key is of. */
export function hostOfKey(key: string | null): string | null {
  return key === null ? null : key.slice(key.lastIndexOf(" ") + 1);
}

export function withLists(state: State, host: string, what: Partial<HostLists>): State {
  const lists = new Map(state.lists);
  lists.set(host, { ...(lists.get(host) ?? NO_LISTS), ...what });
  return { ...state, lists };
}

/** What was read of a host is to be read again. */
export function withoutLists(state: State, host: string): State {
  if (!state.lists.has(host)) return state;
  const lists = new Map(state.lists);
  lists.delete(host);
  return { ...state, lists };
}
