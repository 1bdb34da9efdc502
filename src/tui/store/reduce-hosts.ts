/** What hosts tell of themselves, folded into the state. Pure. */
import type { MachineView } from "../../core/machine/view.ts";
import type { HostNews, HostSummary } from "../../core/watching.ts";
import { readAnew } from "./details.ts";
import { type HostState, hasSeveral, hostNamed, hostOf, idAmong, idOn } from "./hosts.ts";
import { type HostLists, hostOfKey, LIST_OF, withLists, withoutLists } from "./lists.ts";
import { type About, newHost, type State } from "./state.ts";

/** Enough to look back on, little enough to keep for a day. */
const KEPT_HAPPENINGS = 1000;

/** Other hosts than before: what is known of those that stay is kept, by the names that VMs have among these. */
export function withHosts(state: State, hosts: About["hosts"]): State {
  const before = state.hosts;
  const next = hosts.map((host): HostState => {
    const known = before.find(({ name, uri }) => name === host.name && uri === host.uri);
    return known === undefined ? newHost(host) : { ...known, ...host };
  });
  const named = { hosts: next };
  const stays = new Set(
    next
      .filter(({ name, uri }) => before.some((host) => host.name === name && host.uri === uri))
      .map(({ name }) => name),
  );
  const toId = (id: string) => idAmong(named, id, before);
  const staying = (id: string) => stays.has(hostOf(id) ?? before[0]?.name ?? "");
  const machines = [...state.machines.values()]
    .filter(({ uuid }) => staying(uuid))
    .map((machine) => [toId(machine.uuid), { ...machine, uuid: toId(machine.uuid) }] as const);
  const { vms } = state.views;
  const marks = new Set([...vms.marks].filter(staying).map(toId));
  return {
    ...state,
    hosts: next,
    only: state.only !== null && hasSeveral(named) && stays.has(state.only) ? state.only : null,
    machines: new Map(machines),
    // What is being read of them comes under the names of before.
    details: new Map(),
    lists: new Map([...state.lists].filter(([name]) => stays.has(name))),
    happenings: state.happenings.map((each) => ({ ...each, uuid: each.uuid === null ? null : toId(each.uuid) })),
    views: { ...state.views, vms: { ...vms, cursor: vms.cursor === null ? null : toId(vms.cursor), marks } },
  };
}

export function withSummary(state: State, of: string | undefined, summary: HostSummary): State {
  return changed(state, of, { summary });
}

/** What a host was asked for; nothing for one that is looked at no more. */
export function withRead(state: State, of: string | undefined, what: Partial<HostLists>): State {
  const host = hostNamed(state, of);
  return host === undefined ? state : withLists(state, host.name, what);
}

export function lost(state: State, of: string | undefined, message: string, now: number): State {
  const host = hostNamed(state, of);
  if (host === undefined) return state;
  const since = host.link.how === "lost" ? host.link.since : now;
  const next = changed(state, of, { link: { how: "lost", message, since } });
  // With one host the banner says it.
  return host.link.how === "lost" || !hasSeveral(state)
    ? next
    : { ...next, toast: { text: `${host.name}: ${message}`, tone: "danger", at: now } };
}

export function withNews(state: State, of: string | undefined, news: HostNews, now: number): State {
  const host = hostNamed(state, of);
  if (host === undefined) return state;
  const own = (machine: MachineView): MachineView =>
    hasSeveral(state) ? { ...machine, uuid: idOn(state, host.name, machine.uuid) } : machine;
  switch (news.k) {
    case "machines": {
      const others = hasSeveral(state) ? [...state.machines].filter(([id]) => hostOf(id) !== host.name) : [];
      const machines = new Map([
        ...others,
        ...news.machines.map(own).map((machine) => [machine.uuid, machine] as const),
      ]);
      const text = hasSeveral(state) ? `${host.name}: the connection is back.` : "The connection is back.";
      const toast = host.link.how === "lost" ? ({ text, tone: "ok", at: now } as const) : state.toast;
      // Meanwhile anything may have changed there.
      const known = host.link.how === "lost" ? withoutLists(state, host.name) : state;
      return changed({ ...known, machines, toast }, of, { link: { how: "up" } });
    }
    case "changed": {
      const machines = new Map(state.machines);
      const fresh = news.machines.map(own);
      const gone = news.gone.map((uuid) => idOn(state, host.name, uuid));
      for (const machine of fresh) machines.set(machine.uuid, machine);
      for (const id of gone) machines.delete(id);
      const details = readAnew(state.details, fresh, gone);
      return changed({ ...state, machines, details }, of, { link: { how: "up" } });
    }
    case "happened": {
      const { uuid } = news.happening;
      const happening = {
        ...news.happening,
        uuid: uuid === null ? null : idOn(state, host.name, uuid),
        host: host.name,
      };
      const happenings = [...state.happenings, happening].slice(-KEPT_HAPPENINGS);
      return { ...state, happenings, seen: state.screen === "events" ? happenings.length : state.seen };
    }
    case "lost":
      return lost(state, of, news.message, now);
  }
}

/** `host` and `link` are those of the host that is looked at. */
export function atCurrent(state: State): State {
  const { hosts, only, current } = state;
  const looked = hostLookedAt(state);
  const host = hostNamed(state, only ?? looked ?? current) ?? hosts[0];
  if (host === undefined) return state;
  const same = host.name === current && host.link === state.link && host.summary === state.host;
  return same ? state : { ...state, current: host.name, host: host.summary, link: host.link };
}

/** That of the chosen row; where rows are no host's own, that of the VM that was chosen last. */
function hostLookedAt({ screen, views }: State): string | null {
  if (screen === "hosts") return views.hosts.cursor;
  const row = LIST_OF[screen] === undefined ? null : hostOfKey(views[screen].cursor);
  return row ?? hostOf(views.vms.cursor);
}

/** A host that is named nowhere is the only one. */
function changed(state: State, of: string | undefined, what: Partial<HostState>): State {
  const host = hostNamed(state, of);
  const same = host === undefined || (what.link?.how === "up" && host.link.how === "up");
  return same ? state : { ...state, hosts: state.hosts.map((each) => (each === host ? { ...each, ...what } : each)) };
}
