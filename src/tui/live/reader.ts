/** Reads what is looked at and not known yet: the chosen VM's tab, the list of a screen. Never in a component. */
import { asHutchError } from "../../core/errors.ts";
import { isActive } from "../../core/machine/status.ts";
import type { Hutch } from "../../index.ts";
import { layoutOf } from "../layout/layout.ts";
import { uuidOf } from "../store/hosts.ts";
import type { Message } from "../store/messages.ts";
import { type Detail, type ImageLine, known, NO_DETAIL, type ScreenId, type State } from "../store/state.ts";

import { ContainerLogs } from "./container-logs.ts";
import { ContainerWatch } from "./containers.ts";
import { gatherLines } from "./lines.ts";

/** Somebody who runs through a list looks at nothing. Milliseconds. */
const RESTS_MS = 150;

export type ReaderGround = {
  /** The current host. */
  readonly hutch: () => Hutch | null;
  readonly state: () => State;
  readonly send: (message: Message) => void;
  /** Whether somebody else has the terminal. */
  readonly held: () => boolean;
};

type Lists = Pick<State, "images" | "networks" | "pools" | "snapshots">;

/** What each screen shows besides VMs, and how it is read. */
const LISTS: Partial<
  Record<ScreenId, { readonly part: keyof Lists; read(hutch: Hutch, state: State): Promise<unknown> }>
> = {
  images: { part: "images", read: readImages },
  networks: { part: "networks", read: (hutch) => hutch.hostNetworks() },
  storage: { part: "pools", read: (hutch) => hutch.hostPools() },
  snapshots: { part: "snapshots", read: (hutch) => hutch.hostSnapshots() },
};

export class Reader {
  readonly #ground: ReaderGround;
  #timer: NodeJS.Timeout | null = null;
  #looked = "";
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
    const state = this.#ground.state();
    const list = LISTS[state.screen] ?? (state.tab === "snapshots" ? LISTS.snapshots : undefined);
    if (list !== undefined) void this.#readList(list);
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
    const { screen, current, tab, zoomed, link } = state;
    return [screen, current, cursor, tab, zoomed, power, detail, overlay, link.how, working].join(" ");
  }

  #read(): void {
    const { state, hutch } = this.#ground;
    const now = state();
    const host = hutch();
    if (host === null || now.link.how !== "up") {
      // What was followed over the lost connection is followed anew over the next.
      this.#leave();
      return;
    }
    const onSnapshots = now.screen === "vms" && now.tab === "snapshots" ? LISTS.snapshots : undefined;
    const list = LISTS[now.screen] ?? onSnapshots ?? (now.overlays.at(-1)?.k === "launch" ? LISTS.images : undefined);
    if (list !== undefined && now[list.part].how === "none") void this.#readList(list);
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
      void this.#readDetail(uuid, "xml", async () => (await host.xml(ref)).split("\n"));
    const comesUp = now.jobs.some(({ op }) => op.how === "running" && op.subject.split(",").includes(name));
    const listens = now.tab === "console" || (now.tab === "overview" && comesUp);
    this.#follow(listens ? uuid : null, ref, host);
    const asks = now.tab === "containers" && record !== null && isActive(status);
    this.#containers.watch(asks ? uuid : null, ref, host);
  }

  async #readList({ part, read }: NonNullable<(typeof LISTS)[ScreenId]>): Promise<void> {
    const { state, send, hutch } = this.#ground;
    const host = hutch();
    if (host === null) return;
    const value = known<unknown>(state()[part]);
    const { current } = state();
    // What another host has is no answer.
    const put = (remote: unknown) => {
      if (state().current === current) send({ m: "read", what: { [part]: remote } });
    };
    put({ how: "loading", value });
    try {
      put({ how: "ready", value: await read(host, state()) });
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
