/** Everything that is on the screen or decides what is: plain data, changed only by `reduce`. */
import type { ContainerReport } from "../../core/containers.ts";
import type { MachineView } from "../../core/machine/view.ts";
import type { OpState } from "../../core/op/reduce.ts";
import type { ImageRow, LaunchRequest, MachineInfo } from "../../core/requests.ts";
import type { UiSettings } from "../../core/ui-settings.ts";
import type { Happening, HostSummary } from "../../core/watching.ts";
import { EMPTY_LINE, type Line } from "../input/line.ts";
import type { Size } from "../layout/layout.ts";
import type { HostState, Link } from "./hosts.ts";
import type { HostLists } from "./lists.ts";

export const SCREENS = ["vms", "images", "networks", "storage", "snapshots", "hosts", "jobs", "events"] as const;
export type ScreenId = (typeof SCREENS)[number];

export const TABS = ["overview", "graphs", "console", "containers", "disks", "network", "snapshots", "xml"] as const;
export type TabId = (typeof TABS)[number];

/** Something read from the host, which takes a while and may fail. */
export type Remote<T> =
  | { readonly how: "none" }
  | { readonly how: "loading"; readonly value: T | null }
  | { readonly how: "ready"; readonly value: T }
  | { readonly how: "failed"; readonly message: string; readonly value: T | null };

export const NOTHING: Remote<never> = { how: "none" };

export function known<T>(remote: Remote<T>): T | null {
  return remote.how === "none" ? null : remote.value;
}

export type ImageLine = {
  readonly name: string;
  readonly title: string;
  /** null: not in the store, but it can be had. */
  readonly stored: ImageRow | null;
};
/** What is read about one VM when it is looked at. */
export type Detail = {
  readonly info: Remote<MachineInfo>;
  readonly xml: Remote<readonly string[]>;
  readonly console: Remote<readonly string[]>;
  readonly containers: Remote<ContainerReport>;
};
export const NO_DETAIL: Detail = { info: NOTHING, xml: NOTHING, console: NOTHING, containers: NOTHING };

/** How one screen's list is looked at. */
export type View = {
  /** The chosen row's key; null while there are no rows. */
  readonly cursor: string | null;
  /** Where it stands; kept when the row itself goes. */
  readonly at: number;
  readonly top: number;
  readonly filter: string;
  readonly sort: string | null;
  readonly reverse: boolean;
  readonly marks: ReadonlySet<string>;
  /** The columns that a saved view asks for; null: the usual ones. */
  readonly columns: readonly string[] | null;
  /** The saved view that this is, while nothing of it has been changed. */
  readonly named: string | null;
};
export const NEW_VIEW: View = {
  cursor: null,
  at: 0,
  top: 0,
  filter: "",
  sort: null,
  reverse: false,
  marks: new Set(),
  columns: null,
  named: null,
};

export type Job = {
  readonly id: string;
  readonly title: string;
  /** The line that does the same in a shell. */
  readonly command: string;
  readonly op: OpState;
  /** What it said, oldest first. */
  readonly lines: readonly string[];
  readonly beganAt: number;
};

/** What is asked before an action is done. */
export type Confirm = {
  readonly k: "confirm";
  readonly action: string;
  readonly targets: readonly string[];
  readonly title: string;
  readonly command: string;
  /** What has to be typed; null: y or N. */
  readonly word: string | null;
  readonly typed: Line;
  /** What goes, and what is kept. */
  readonly lines: Remote<readonly string[]>;
};

/** Every action; those on the chosen rows; or those that have a command line, to copy it. */
export type PaletteOf = "all" | "rows" | "copy";

export type Overlay =
  | Confirm
  | { readonly k: "help"; readonly top: number }
  | { readonly k: "palette"; readonly of: PaletteOf; readonly line: Line; readonly at: number }
  | { readonly k: "command"; readonly line: Line; readonly past: number }
  | { readonly k: "filter"; readonly line: Line; readonly before: string }
  | { readonly k: "sort" }
  | { readonly k: "views"; readonly at: number }
  | { readonly k: "output"; readonly title: string; readonly lines: readonly string[]; readonly top: number }
  | { readonly k: "launch"; readonly form: LaunchForm }
  | LimitsForm
  | ContainerLogView;

/** What a container may take, as it is being typed. */
export type LimitsForm = {
  readonly k: "limits";
  /** The VM's UUID, and the container's id. */
  readonly uuid: string;
  readonly container: string;
  readonly field: "cpus" | "memory";
  readonly cpus: Line;
  readonly memory: Line;
};

/** What a container says, followed. */
export type ContainerLogView = {
  readonly k: "container-logs";
  readonly machine: string;
  readonly container: string;
  /** The line that does the same in a shell. */
  readonly command: string;
  readonly lines: readonly string[];
  /** Lines from the end that have been scrolled back; 0: the newest are seen. */
  readonly back: number;
  /** Why there will be no more; null while there may be. */
  readonly ended: string | null;
};

export type LaunchField =
  | "name"
  | "image"
  | "cpus"
  | "memory"
  | "disk"
  | "engine"
  | "network"
  | "publish"
  | "autostart";
export type LaunchForm = {
  readonly at: number;
  /** Its text has just been come to: what is typed takes its place. */
  readonly picked: boolean;
  readonly fields: Readonly<Record<LaunchField, Line>>;
};
export type CheckedForm = {
  readonly request: LaunchRequest;
  readonly faults: Partial<Readonly<Record<LaunchField, string>>>;
  readonly command: string;
};

/** And where. */
export type Happened = Happening & { readonly host: string };

export type Toast = { readonly text: string; readonly tone: "ok" | "warn" | "danger"; readonly at: number };

export type State = {
  readonly size: Size;
  /** Epoch milliseconds, of the last beat. */
  readonly now: number;
  readonly demo: boolean;
  readonly readonly: boolean;
  /** Whether keys are named in ASCII. */
  readonly ascii: boolean;
  /** In the order in which they are listed; at least one. */
  readonly hosts: readonly HostState[];
  /** The one host whose VMs are shown; null: those of all. */
  readonly only: string | null;
  /** The host that is looked at: that of the chosen row, or the chosen one itself. New VMs are its own. */
  readonly current: string;
  /** The current host's. */
  readonly host: HostSummary | null;
  readonly link: Link;
  /** Of all hosts, by what `idOn` calls them. */
  readonly machines: ReadonlyMap<string, MachineView>;
  /** Grows with each sample of what VMs use. */
  readonly sample: number;
  /** Milliseconds between samples; 0: paused. */
  readonly every: number;
  /** What else a host has, by its name. */
  readonly lists: ReadonlyMap<string, HostLists>;
  readonly details: ReadonlyMap<string, Detail>;
  readonly jobs: readonly Job[];
  readonly happenings: readonly Happened[];
  /** How many happenings have been seen on their own screen. */
  readonly seen: number;
  readonly toast: Toast | null;
  readonly screen: ScreenId;
  readonly back: readonly ScreenId[];
  readonly views: Readonly<Record<ScreenId, View>>;
  readonly tab: TabId;
  /** The id of the container that was chosen last; null: none yet. */
  readonly container: string | null;
  /** Lines that the detail is scrolled by: from its beginning, or from its end where that is what is looked at. */
  readonly scroll: number;
  /** The detail over the whole body. */
  readonly zoomed: boolean;
  readonly overlays: readonly Overlay[];
  /** Views of the config, by name. */
  readonly saved: UiSettings["views"];
  /** Command lines given at `:`, oldest first. */
  readonly given: readonly string[];
};

export type About = Pick<State, "size" | "demo" | "readonly"> & {
  readonly ascii?: boolean;
  readonly hosts: readonly Pick<HostState, "name" | "uri" | "connect">[];
};

export function newHost(host: About["hosts"][number]): HostState {
  return { ...host, link: { how: "opening" }, summary: null };
}

export function newState({ hosts, ...about }: About & Pick<State, "now">): State {
  const views = Object.fromEntries(SCREENS.map((screen) => [screen, NEW_VIEW])) as Record<ScreenId, View>;
  return {
    ascii: false,
    ...about,
    hosts: hosts.map(newHost),
    only: null,
    current: hosts[0]?.name ?? "",
    host: null,
    link: { how: "opening" },
    machines: new Map(),
    sample: 0,
    every: 1000,
    lists: new Map(),
    details: new Map(),
    jobs: [],
    happenings: [],
    seen: 0,
    toast: null,
    screen: "vms",
    back: [],
    views,
    tab: "overview",
    container: null,
    scroll: 0,
    zoomed: false,
    overlays: [],
    saved: {},
    given: [],
  };
}

export function newForm(name: string): LaunchForm {
  const line = (text: string): Line => ({ text, at: text.length });
  return {
    at: 0,
    picked: false,
    fields: {
      name: line(name),
      image: line("debian-13"),
      cpus: line("2"),
      memory: line("2G"),
      disk: line("20G"),
      engine: line("docker"),
      network: EMPTY_LINE,
      publish: EMPTY_LINE,
      autostart: line("no"),
    },
  };
}
