/** What a list says of a VM in a word. */
import { isActive } from "../../core/machine/status.ts";
import type { MachineView } from "../../core/machine/view.ts";
import type { Glyphs } from "../theme/glyphs.ts";
import type { Tone } from "../theme/look.ts";

export type StateWord = {
  readonly word: string;
  readonly tone: Tone;
  readonly sign: keyof Glyphs & ("running" | "paused" | "stopped" | "broken");
};

/** Its state in one word: libvirt's, unless hutch knows better. */
export function stateOf({ record, status, problems }: MachineView): StateWord {
  if (record?.state === "trashed") return { word: "trashed", tone: "muted", sign: "stopped" };
  if (record?.state === "making" && !isActive(status)) return { word: "making", tone: "accent", sign: "paused" };
  switch (status.power) {
    case "running":
      return { word: "running", tone: problems.length > 0 ? "warn" : "ok", sign: "running" };
    case "paused":
    case "suspended":
      return { word: status.power, tone: "warn", sign: "paused" };
    case "stopping":
      return { word: "stopping", tone: "warn", sign: "paused" };
    case "crashed":
      return { word: "crashed", tone: "danger", sign: "broken" };
    case "saved":
      return { word: "saved", tone: "accent", sign: "stopped" };
    case "stopped":
      return {
        word: status.reason === "crashed" || status.reason === "failed" ? "failed" : "stopped",
        tone: status.reason === "crashed" || status.reason === "failed" ? "danger" : "muted",
        sign: status.reason === "crashed" || status.reason === "failed" ? "broken" : "stopped",
      };
    default:
      return { word: "unknown", tone: "danger", sign: "broken" };
  }
}

export function isTrashed({ record }: MachineView): boolean {
  return record?.state === "trashed";
}

/** Living VMs by name, then those in the trash. */
export function inOrder(machines: Iterable<MachineView>): readonly MachineView[] {
  return [...machines].sort(
    (a, b) =>
      Number(isTrashed(a)) - Number(isTrashed(b)) ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : a.uuid < b.uuid ? -1 : 1),
  );
}

export function engineWord({ record }: MachineView): string {
  return record?.engine?.name ?? (record?.spec.engine ? `${record.spec.engine}?` : "");
}
