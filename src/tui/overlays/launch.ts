/** A new VM on one screen: fields that are checked as they are typed, what the host has, and the command that does the same. */
import { plural } from "../../core/plural.ts";
import { formatSize } from "../../core/units.ts";
import type { Input } from "../input/keys.ts";
import { EMPTY_LINE, edited, lineOf } from "../input/line.ts";
import { checkForm, choicesFor } from "../launch/check-form.ts";
import { scrolledTo } from "../layout/layout.ts";
import { hasSeveral } from "../store/hosts.ts";
import type { LaunchField, LaunchForm, State } from "../store/state.ts";
import { shown, widthOf, wrapped } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { CLOSE, editedLine, type OverlayKind, redo } from "./overlay.ts";

const FIELDS: readonly (readonly [field: LaunchField, label: string, hint: string])[] = [
  ["name", "Name", "made up when it is left empty"],
  ["image", "Image", "right and left: others; or the path of a disk image"],
  ["cpus", "CPUs", "virtual CPUs"],
  ["memory", "Memory", "4G, 512M"],
  ["disk", "Disk", "thin: takes room as it fills"],
  ["engine", "Engine", "docker, or none"],
  ["network", "Network", "empty: the home's own"],
  ["publish", "Ports", "8080:80 8443:443: from this host into the VM"],
  ["autostart", "Autostart", "start it with the host"],
];

const FIELD_CELLS = 26;
/** What is wrong, what is free, and the command in two. */
const LINES_BELOW = 5;

export const launch: OverlayKind<"launch"> = {
  keys({ form }, input, { state }) {
    const [field = "name"] = FIELDS[form.at] ?? [];
    const to = (at: number) =>
      redo({ k: "launch", form: { ...form, at: (at + FIELDS.length) % FIELDS.length, picked: true } });
    const put = (text: string) => redo({ k: "launch", form: withField(form, field, lineOf(text)) });
    if (input.k === "key") {
      switch (input.name) {
        case "esc":
        case "ctrl-c":
          return [CLOSE];
        case "tab":
        case "down":
          return to(form.at + 1);
        case "shift-tab":
        case "up":
          return to(form.at - 1);
        case "right":
        case "left": {
          const choices = choicesFor(field, state);
          const line = form.fields[field];
          const inside = input.name === "right" ? line.at < line.text.length : false;
          if (choices.length === 0 || inside) break;
          const next = choices.indexOf(line.text) + (input.name === "right" ? 1 : -1);
          return put(choices[(next + choices.length) % choices.length] ?? "");
        }
        case "ctrl-y":
          return [{ k: "copy", text: checkForm(form, state).command }];
        case "enter": {
          const { faults, request, command } = checkForm(form, state);
          const wrong = FIELDS.findIndex(([name]) => faults[name] !== undefined);
          return wrong >= 0 ? to(wrong) : [CLOSE, { k: "launch", request, command }];
        }
      }
    }
    const typed = edited(form.picked && replaces(input) ? EMPTY_LINE : form.fields[field], input);
    return typed === null ? [] : redo({ k: "launch", form: withField(form, field, typed) });
  },

  draw({ form }, { look, state }, most) {
    const width = Math.min(90, most.columns);
    const { faults, command } = checkForm(form, state);
    const rows = FIELDS.flatMap(([field, label, hint], index) => {
      const here = index === form.at;
      const fault = faults[field];
      const prompt: readonly Span[] = [
        [here ? ` ${look.glyphs.cursor} ` : "   ", "accent"],
        [label.padEnd(11), here ? "title" : "muted"],
      ];
      const value = here
        ? editedLine(look, 14 + FIELD_CELLS, prompt, form.fields[field], form.picked)
        : line(look, 14 + FIELD_CELLS, [
            ...prompt,
            [shown(form.fields[field].text), fault === undefined ? "plain" : "danger"],
          ]);
      const says: Span =
        fault !== undefined
          ? [`${look.glyphs.failed} ${shown(fault)}`, "danger"]
          : [here || form.fields[field].text === "" ? hint : "", "muted"];
      return [value + line(look, Math.max(0, width - 14 - FIELD_CELLS), [[" ", "plain"], says])];
    });
    // Where not all of them have room, what is said of them goes first.
    const room = Math.max(1, Math.min(FIELDS.length, most.rows - LINES_BELOW));
    const top = scrolledTo(form.at, 0, room, FIELDS.length);
    const [at = "name"] = FIELDS[form.at] ?? [];
    // Beside its field a fault is cut off where it is long.
    const fault = shown(faults[at] ?? "");
    const told = widthOf(fault) + 3 > width - 14 - FIELD_CELLS ? wrapped(fault, width - 2).slice(0, 2) : [];
    return {
      title: [
        [hasSeveral(state) ? `Launch a VM at ${shown(state.current)}` : "Launch a VM", "title"],
        [room < FIELDS.length ? `  field ${form.at + 1} of ${FIELDS.length}` : "", "muted"],
      ],
      hint: [
        ["tab next   esc cancel", "muted"],
        [Object.keys(faults).length === 0 ? "   enter launch" : "", "ok"],
      ],
      width,
      lines: [
        ...rows.slice(top, top + room),
        ...[...told, "", ""].slice(0, 2).map((text) => line(look, width, [[` ${text}`, "danger"]])),
        ...freeLines(state).map((text) => line(look, width, [[` ${text}`, "muted"]])),
        ...wrapped(`$ ${shown(command)}`, width - 2)
          .slice(0, 3)
          .map((text) => line(look, width, [[` ${text}`, "accent"]])),
      ].slice(0, most.rows),
    };
  },
};

function withField(form: LaunchForm, field: LaunchField, line: LaunchForm["fields"][LaunchField]): LaunchForm {
  return { ...form, picked: false, fields: { ...form.fields, [field]: line } };
}

/** Whether it writes, and does not move about in what is there. */
function replaces(input: Input): boolean {
  return (
    input.k === "paste" || (input.k === "key" && (input.text !== "" || ["backspace", "delete"].includes(input.name)))
  );
}

/** What the host has left. */
function freeLines({ host }: State): readonly string[] {
  if (host === null) return ["Reading what the host has free…"];
  const memory =
    host.freeMemoryBytes === null
      ? formatSize(host.memoryBytes)
      : `${formatSize(host.freeMemoryBytes)} of ${formatSize(host.memoryBytes)}`;
  const pool = host.pool === null ? "" : `, ${formatSize(host.pool.availableBytes)} of disk`;
  return [`free: ${memory} of memory${pool}; ${plural(host.cpus, "CPU")}`];
}
