/** All that can change the state. */
import type { OpEvent } from "../../core/op/event.ts";
import type { HostNews, HostSummary } from "../../core/watching.ts";
import type { Size } from "../layout/layout.ts";
import type { HostLists } from "./lists.ts";
import type { About, Detail, Overlay, ScreenId, State, TabId, Toast } from "./state.ts";

/** Where the cursor goes: so many rows, or screens full, or an end. */
export type Step = { readonly by: number } | { readonly pages: number } | { readonly to: "first" | "last" | number };

export type Message =
  | { readonly m: "size"; readonly size: Size }
  | { readonly m: "beat"; readonly now: number }
  /** These are looked at from now on. */
  | { readonly m: "hosts"; readonly hosts: About["hosts"] }
  /** `of` is a host's name, here and below; the only host's when it is left out. */
  | { readonly m: "host"; readonly of?: string; readonly host: HostSummary }
  | { readonly m: "news"; readonly of?: string; readonly news: HostNews; readonly now: number }
  | { readonly m: "lost"; readonly of?: string; readonly message: string; readonly now: number }
  /** Shows the VMs of one host; null: of all. */
  | { readonly m: "only"; readonly host: string | null }
  | { readonly m: "sample"; readonly now: number }
  | { readonly m: "every"; readonly ms: number }
  | { readonly m: "read"; readonly of?: string; readonly what: Partial<HostLists> }
  | { readonly m: "detail"; readonly uuid: string; readonly what: Partial<Detail> }
  | { readonly m: "job"; readonly id: string; readonly title: string; readonly command: string; readonly now: number }
  | { readonly m: "job-event"; readonly id: string; readonly event: OpEvent }
  | { readonly m: "job-lines"; readonly id: string; readonly lines: readonly string[] }
  /** The container that is chosen, by its id. */
  | { readonly m: "container"; readonly id: string }
  /** All that is kept of what the container says that is looked at; `fresh` of the lines are new. */
  | { readonly m: "container-lines"; readonly lines: readonly string[]; readonly fresh: number }
  | { readonly m: "container-ended"; readonly why: string }
  | { readonly m: "toast"; readonly toast: Toast | null }
  | { readonly m: "go"; readonly screen: ScreenId }
  | { readonly m: "back" }
  | { readonly m: "move"; readonly step: Step }
  | { readonly m: "choose"; readonly key: string }
  | { readonly m: "mark" }
  /** From the nearest marked row to the cursor. */
  | { readonly m: "mark-range" }
  | { readonly m: "mark-all" }
  | { readonly m: "unmark" }
  | { readonly m: "sort"; readonly column: string | null }
  | { readonly m: "reverse" }
  | { readonly m: "filter"; readonly text: string }
  /** The views of the config are these. */
  | { readonly m: "saved"; readonly views: State["saved"] }
  /** A saved view; null: as hutch comes. */
  | { readonly m: "look"; readonly name: string | null }
  | { readonly m: "tab"; readonly tab: TabId }
  | { readonly m: "next-tab"; readonly by: number }
  | { readonly m: "scroll"; readonly by: number }
  | { readonly m: "zoom"; readonly on: boolean }
  | { readonly m: "open"; readonly overlay: Overlay }
  /** In place of the topmost overlay. */
  | { readonly m: "redo"; readonly overlay: Overlay }
  | { readonly m: "close" }
  | { readonly m: "given"; readonly line: string };
