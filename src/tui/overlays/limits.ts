/** What a container may take of its VM: two fields, checked as they are typed, and the command that sets them. */
import { asHutchError } from "../../core/errors.ts";
import { formatSize, parseSize } from "../../core/units.ts";
import { lineHere } from "../actions/action.ts";
import { dockerCommand } from "../actions/container-actions.ts";
import { edited } from "../input/line.ts";
import { type ContainersSeen, containersSeen } from "../store/inside.ts";
import type { LimitsForm, State } from "../store/state.ts";
import { wrapped } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { CLOSE, editedLine, type OverlayKind, redo } from "./overlay.ts";

const MIB = 1024 ** 2;
/** Docker takes no less. */
const LEAST_MEMORY = 6 * MIB;
const LEAST_CPUS = 0.01;

type Checked = {
  /** null while the container is not there any more. */
  readonly name: string | null;
  readonly faults: Partial<Readonly<Record<LimitsForm["field"], string>>>;
  /** null when nothing is asked for. */
  readonly command: readonly string[] | null;
};

/** A field that is left empty stays as it is. */
export function checkLimits(form: LimitsForm, state: State): Checked {
  const seen = containersSeen({ ...state, container: form.container });
  if (seen?.machine.uuid !== form.uuid || seen.container?.id !== form.container)
    return { name: null, faults: {}, command: null };
  const faults: Partial<Record<LimitsForm["field"], string>> = {};
  const words = [...cpuWords(form, seen, faults), ...memoryWords(form, seen, faults)];
  const { name } = seen.container;
  return { name, faults, command: words.length === 0 ? null : dockerCommand(seen, ["update", ...words, name]) };
}

function cpuWords({ cpus }: LimitsForm, { machine }: ContainersSeen, faults: { cpus?: string }): readonly string[] {
  const text = cpus.text.trim();
  if (text === "") return [];
  const most = machine.record?.spec.cpus;
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) < LEAST_CPUS) faults.cpus = `It is a number, at least ${LEAST_CPUS}.`;
  else if (most !== undefined && Number(text) > most) faults.cpus = `${machine.name} has ${most}.`;
  return ["--cpus", text];
}

function memoryWords(
  { memory }: LimitsForm,
  { machine }: ContainersSeen,
  faults: { memory?: string },
): readonly string[] {
  if (memory.text.trim() === "") return [];
  try {
    const bytes = parseSize(memory.text, "memory");
    const most = (machine.record?.spec.memoryMiB ?? 0) * MIB;
    if (bytes < LEAST_MEMORY) faults.memory = `It is at least ${formatSize(LEAST_MEMORY)}.`;
    else if (most > 0 && bytes > most) faults.memory = `${machine.name} has ${formatSize(most)}.`;
    const size = (count: number) => `${Math.ceil((count * bytes) / MIB)}m`;
    // Docker refuses memory alone where its older limit is less; with swap it is twice that, as `docker run` has it.
    return ["--memory", size(1), "--memory-swap", size(2)];
  } catch (error) {
    const { message, why } = asHutchError(error);
    faults.memory = why ?? message;
    return [];
  }
}

export const limits: OverlayKind<"limits"> = {
  keys(overlay, input, { state }) {
    if (input.k === "key") {
      switch (input.name) {
        case "esc":
        case "ctrl-c":
          return [CLOSE];
        case "tab":
        case "shift-tab":
        case "up":
        case "down":
          return redo({ ...overlay, field: overlay.field === "cpus" ? "memory" : "cpus" });
        case "enter": {
          const { name, faults, command } = checkLimits(overlay, state);
          const wrong = faults.cpus !== undefined ? "cpus" : faults.memory !== undefined ? "memory" : null;
          if (wrong !== null) return redo({ ...overlay, field: wrong });
          return command === null ? [CLOSE] : [CLOSE, { k: "guest", title: `Limit ${name}`, command }];
        }
      }
    }
    const typed = edited(overlay[overlay.field], input);
    return typed === null ? [] : redo({ ...overlay, [overlay.field]: typed });
  },

  draw(overlay, { look, state }, most) {
    const width = Math.min(72, most.columns);
    const { name, faults, command } = checkLimits(overlay, state);
    const field = (id: LimitsForm["field"], label: string, hint: string): string => {
      const here = overlay.field === id;
      const fault = faults[id];
      const prompt: readonly Span[] = [
        [here ? ` ${look.glyphs.cursor} ` : "   ", "accent"],
        [label.padEnd(9), here ? "title" : "muted"],
      ];
      const room = 24;
      const value = here
        ? editedLine(look, room, prompt, overlay[id])
        : line(look, room, [...prompt, [overlay[id].text, fault === undefined ? "plain" : "danger"]]);
      const says: Span = fault === undefined ? [hint, "muted"] : [`${look.glyphs.failed} ${fault}`, "danger"];
      return value + line(look, Math.max(0, width - room), [[" ", "plain"], says]);
    };
    const told = name === null ? "It is not there any more." : command === null ? "" : `$ ${lineHere(command, state)}`;
    return {
      title: [[`Limits of ${name ?? "a container"}`, "title"]],
      hint: [
        ["esc cancel", "muted"],
        [command !== null && Object.keys(faults).length === 0 ? "   enter set them" : "", "ok"],
      ],
      width,
      lines: [
        field("cpus", "CPUs", "0.5, 2; empty: as it is"),
        field("memory", "Memory", "512M, 2G; empty: as it is"),
        line(look, width, []),
        ...wrapped(told, width - 2).map((text) => line(look, width, [[` ${text}`, "accent"]])),
      ],
    };
  },
};
