import type { MachineView } from "../../core/machine/view.ts";
import type { HostSnapshot } from "../../core/watching.ts";
import type { Scope } from "../screens/list-screen.ts";
import { hostOf, uuidOf } from "../store/hosts.ts";
import { listOf } from "../store/lists.ts";
import { type Detail, known } from "../store/state.ts";
import { age } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { waiting } from "./panes.ts";

/** As a tree: a snapshot stands under the one it was taken after. */
export function snapshotsPane(vm: MachineView, _detail: Detail, scope: Scope, width: number): readonly string[] {
  const { look, state } = scope;
  const read = listOf(state, "snapshots", hostOf(vm.uuid) ?? undefined);
  const mine = (known(read) ?? []).filter(({ uuid }) => uuid === uuidOf(vm.uuid));
  if (mine.length === 0) return waiting(scope, width, read, "No snapshots.");
  const { branch, lastBranch, cursor } = look.glyphs;
  const tree = (parent: string | null, depth: number): readonly string[] => {
    const here = mine.filter(
      (each) => each.parent === parent || (parent === null && !mine.some(({ name }) => name === each.parent)),
    );
    return here.flatMap((each, index) => [
      line(look, width, [
        [` ${"   ".repeat(depth)}${index === here.length - 1 ? lastBranch : branch} `, "frame"],
        [shown(each.name), each.current ? "key" : "plain"],
        [each.current ? ` ${cursor} now` : "", "accent"],
        [`  ${describe(each, state.now)}`, "muted"],
      ]),
      ...tree(each.name, depth + 1),
    ]);
  };
  return tree(null, 0);
}

function describe({ createdAt, withMemory }: HostSnapshot, now: number): string {
  return [createdAt === null ? "" : age(now - createdAt), withMemory ? "disk+memory" : "disk"]
    .filter((text) => text !== "")
    .join("  ");
}
