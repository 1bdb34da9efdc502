/** Reads what is looked at and not known yet: the chosen VM's tab, the list of a screen. Never in a component. */
import { asHutchError } from "../../core/errors.ts";
import { isActive } from "../../core/machine/status.ts";
import type { Hutch } from "../../index.ts";
import { layoutOf } from "../layout/layout.ts";
import { type HostState, uuidOf } from "../store/hosts.ts";
import { LIST_OF, type ListPart, listOf, shownHosts } from "../store/lists.ts";
import type { Message } from "../store/messages.ts";
import { type Detail, type ImageLine, known, NO_DETAIL, type State } from "../store/state.ts";

import { ContainerLogs } from "./container-logs.ts";
import { ContainerWatch } from "./containers.ts";
import { gatherLines } from "./lines.ts";

/** Somebody who runs through a list looks at nothing. Milliseconds. */
const RESTS_MS = 150;

export type ReaderGround = {
  /** The host of that name, or the current one; null while it is not open. */
  readonly hutch: (name?: string) => Hutch | null;
  readonly state: () => State;
  readonly send: (message: Message) => void;
  /** Whether somebody else has the terminal. */
  readonly held: () => boolean;
};

/** How what hosts have besides VMs is read. */
const READ: Readonly<Record<ListPart, (hutch: Hutch) => Promise<readonly unknown[]>>> = {
  images: readImages,
  networks: (hutch) => hutch.hostNetworks(),
  pools: (hutch) => hutch.hostPools(),
  snapshots: (hutch) => hutch.hostSnapshots(),
};

/** What is looked at besides VMs: a screen's own list, a tab's, or what a form chooses from. */
function partsOf({ screen, tab, overlays }: State): readonly ListPart[] {
  if (overlays.at(-1)?.k === "launch") return ["images", "networks"];
  const list = LIST_OF[screen] ?? (screen === "vms" && tab === "snapshots" ? "snapshots" : undefined);
  return list === undefined ? [] : [list];
}

/** Of which hosts: a screen shows those of all of them. */
function hostsOf(state: State): readonly HostState[] {
  const all = LIST_OF[state.screen] !== undefined && state.overlays.at(-1)?.k !== "launch";
  return all ? shownHosts(state) : state.hosts.filter(({ name }) => name === state.current);
}

export class Reader {
  readonly #ground: ReaderGround;
  #timer: NodeJS.Timeout | null = null;
  #looked = "";
  /** What was looked at besides VMs. */
  #listsLooked = "";
  /** The last question for each list of each host. */
  readonly #asked = new Map<string, symbol>();
  #following: { readonly uuid: string; readonly stop: AbortController } | null = null;

  readonly #containers: ContainerWatch;
  readonly #logs: ContainerLogs;

  constructor(ground: ReaderGround) {
    this.#ground = ground;
    this.#containers = new ContainerWatch(ground);
    this.#logs = new ContainerLogs(ground.send);
  }

  /** After every change of state: what is looked at now may be another thing. */
  look(): void {
    const state = this.#ground.state();
    const wanted = this.#wanted(state);
    if (wanted === this.#looked) return;
    this.#looked = wanted;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), RESTS_MS);
  }

  /** Forgets what was read of lists, so that it is read again. */
  refresh(): void {
    this.#looked = "";
    this.#listsLooked = "";
    this.#containers.again();
    this.look();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#leave();
  }

  #leave(): void {
    this.#following?.stop.abort();
    this.#following = null;
    this.#containers.stop();
    this.#logs.stop();
  }

  /** Everything that decides what is to be read, as one text. */
  #wanted(state: State): string {
    const { cursor } = state.views.vms;
    const power = state.machines.get(cursor ?? "")?.status.power ?? "";
    const detail =
      cursor === null ? "" : [...Object.values(state.details.get(cursor) ?? NO_DETAIL)].map(({ how }) => how).join();
    const overlay = state.overlays.at(-1)?.k ?? "";
    const working = state.jobs.filter(({ op }) => op.how === "running").length;
    const links = hostsOf(state).map(({ name, link }) => `${name} ${link.how}`);
    const { screen, current, tab, zoomed, link } = state;
    return [screen, current, cursor, tab, zoomed, power, detail, overlay, link.how, working, ...links].join(" ");
  }

  #read(): void {
    const { state, hutch } = this.#ground;
    const now = state();
    this.#readLists(now);
    const host = hutch();
    if (host === null || now.link.how !== "up") {
      // What was followed over the lost connection is followed anew over the next.
      this.#leave();
      return;
    }
    const shown = now.screen === "vms" && (now.zoomed || layoutOf(now.size).kind === "wide");
    const machine = now.views.vms.cursor === null ? undefined : now.machines.get(now.views.vms.cursor);
    this.#logs.look(now, host);
    if (!shown || machine === undefined) {
      this.#follow(null, "", host);
      this.#containers.watch(null, "", host);
      return;
    }
    const { uuid, name, record, status } = machine;
    const detail = now.details.get(uuid) ?? NO_DETAIL;
    const ref = record?.state === "trashed" ? uuidOf(uuid) : name;
    if (detail.info.how === "none") void this.#readDetail(uuid, "info", () => host.info(ref));
    if (now.tab === "xml" && detail.xml.how === "none")
      void this.#readDetail(uuid, "xml", async () => (await host.xml(ref)).trimEnd().split("\n"));
    const comesUp = now.jobs.some(({ op }) => op.how === "running" && op.subject.split(",").includes(name));
    const listens = now.tab === "console" || (now.tab === "overview" && comesUp);
    this.#follow(listens ? uuid : null, ref, host);
    const asks = now.tab === "containers" && record !== null && isActive(status);
    this.#containers.watch(asks ? uuid : null, ref, host);
  }

  /** What was read before is read again when it is looked at anew: others change it too. */
  #readLists(state: State): void {
    const parts = partsOf(state);
    const looked = parts.join(" ");
    const anew = looked !== this.#listsLooked;
    this.#listsLooked = looked;
    for (const { name, link } of hostsOf(state))
      for (const part of parts)
        if (link.how === "up" && (anew || listOf(state, part, name).how === "none")) void this.#readList(part, name);
  }

  async #readList(part: ListPart, of: string): Promise<void> {
    const { state, send, hutch } = this.#ground;
    const host = hutch(of);
    if (host === null) return;
    const value = known<unknown>(listOf(state(), part, of));
    const question = Symbol(part);
    this.#asked.set(`${part} ${of}`, question);
    // An answer that was overtaken by a later question is no answer.
    const put = (remote: unknown) => {
      if (this.#asked.get(`${part} ${of}`) === question) send({ m: "read", of, what: { [part]: remote } });
    };
    put({ how: "loading", value });
    try {
      put({ how: "ready", value: await READ[part](host) });
    } catch (error) {
      put({ how: "failed", message: asHutchError(error).message, value });
    }
  }

  async #readDetail<K extends keyof Detail>(uuid: string, part: K, read: () => Promise<unknown>): Promise<void> {
    const { send } = this.#ground;
    const put = (remote: unknown) => send({ m: "detail", uuid, what: { [part]: remote } });
    put({ how: "loading", value: null });
    try {
      put({ how: "ready", value: await read() });
    } catch (error) {
      put({ how: "failed", message: asHutchError(error).message, value: null });
    }
  }

  /** The console of this VM and of no other; null: of none. */
  #follow(uuid: string | null, ref: string, host: Hutch): void {
    if (this.#following?.uuid === uuid) return;
    this.#following?.stop.abort();
    this.#following = null;
    if (uuid === null) return;
    const stop = new AbortController();
    this.#following = { uuid, stop };
    void this.#listen(uuid, ref, host, stop.signal);
  }

  async #listen(uuid: string, ref: string, host: Hutch, signal: AbortSignal): Promise<void> {
    const put = (console: Detail["console"]) => {
      if (!signal.aborted) this.#ground.send({ m: "detail", uuid, what: { console } });
    };
    let value: readonly string[] = [];
    let prompt = "";
    const show = () => put({ how: "ready", value: prompt === "" ? value : [...value, prompt] });
    const onPrompt = (text: string) => {
      prompt = text;
      show();
    };
    const source = host.logs(ref, { kind: "console", follow: true, signal, onPrompt });
    try {
      await gatherLines(
        source,
        (lines) => {
          value = lines;
          show();
        },
        signal,
      );
    } catch (error) {
      put({ how: "failed", message: asHutchError(error).message, value });
    }
  }
}

/** What is here first, then what can be had. */
async function readImages(hutch: Hutch): Promise<readonly ImageLine[]> {
  const [stored, catalogue] = await Promise.all([hutch.images.list(), hutch.images.catalogue()]);
  const titles = new Map(catalogue.map(({ name, title }) => [name, title]));
  const here = stored.map((row): ImageLine => ({ name: row.name, title: titles.get(row.name) ?? "", stored: row }));
  const more = catalogue
    .filter(({ name }) => !stored.some((row) => row.name === name))
    .map(({ name, title }): ImageLine => ({ name, title, stored: null }));
  return [...here, ...more];
}
