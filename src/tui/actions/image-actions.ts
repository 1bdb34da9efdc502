/** What can be done to images. */
import { bakedOrigin } from "../../core/bake.ts";
import { bakeRenewal } from "../../core/bake-renewal.ts";
import { formatSize } from "../../core/units.ts";
import type { Hutch } from "../../index.ts";
import type { ListScreen } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import type { At } from "../store/lists.ts";
import type { ImageLine } from "../store/state.ts";
import type { Action } from "./action.ts";
import { chosen, type RowAction, reasonOn, rowAction } from "./targets.ts";

const images = SCREEN.images as ListScreen<At<ImageLine>>;

const image = (action: RowAction<At<ImageLine>>) => rowAction(images, "Image", ({ name }) => [name], action);

const stored = ({ name, stored }: ImageLine) => (stored === null ? `${name} is not in the store.` : null);

/** A name may have several builds, and a digest several names. */
const alone = (name: string, { stored }: ImageLine) => (stored === null ? name : `${name}@${stored.digest}`);

/** What bakes a stale one anew as it was; of any other, an order that is gone on with as it is typed out. */
function bakeWords({ name, stored }: ImageLine): readonly string[] {
  const origin = stored?.stale === true ? bakedOrigin(stored) : null;
  return origin === null ? [name, "--engine", "docker"] : bakeRenewal(name, origin).words.slice(BAKE.length);
}

const BAKE = ["image", "bake"];
const PRUNE = ["image", "prune", "--yes"];

async function pruned(hutch: Hutch): Promise<readonly string[]> {
  const { rows, bytes } = await hutch.images.prunePlan();
  if (rows.length === 0) return ["There is nothing to prune."];
  return [...rows.map(({ name, why }) => `${name}: ${why}`), `${formatSize(bytes)} in all`];
}

/** Of the whole store of each host whose images are chosen. */
const prune: Action = {
  id: "image.prune",
  title: "Prune what nobody needs",
  group: "Image",
  keys: [],
  on: ["images"],
  ask: "yes",
  losses: pruned,
  targets: (ground) =>
    [...new Set(chosen(images, ground).map(({ host }) => host))].map((host) => ({
      key: host,
      name: host,
      words: [],
      host,
    })),
  reason: (ground) => reasonOn(images, PRUNE, prune.act, ground),
  command: () => PRUNE,
  act: { k: "command" },
};

export const IMAGE_ACTIONS: readonly Action[] = [
  image({
    id: "image.pull",
    title: "Download",
    keys: ["p"],
    foot: 3,
    one: true,
    words: ["image", "pull"],
    act: { k: "operation", start: (hutch, [name = ""]) => hutch.images.pull(name), base: true },
  }),
  image({
    id: "image.build",
    title: "Build it here from packages",
    keys: ["b"],
    one: true,
    words: ["image", "build"],
    act: { k: "operation", start: (hutch, [name = ""]) => hutch.images.build(name), base: true },
  }),
  rowAction(images, "Image", bakeWords, {
    id: "image.bake",
    title: "Bake an engine into it",
    one: true,
    words: BAKE,
    act: { k: "type" },
  }),
  image({
    id: "image.info",
    title: "Tell what vouches for it",
    one: true,
    operand: (name, { stored }) => stored?.digest ?? name,
    words: ["image", "info"],
    act: { k: "command" },
  }),
  image({
    id: "image.verify",
    title: "Check it against its digest",
    operand: alone,
    words: ["image", "verify"],
    cannot: stored,
    act: { k: "command" },
  }),
  image({
    id: "image.remove",
    title: "Remove from the store",
    short: "remove",
    keys: ["D", "delete"],
    foot: 9,
    ask: "name",
    warning: "It has to be downloaded or built again before a VM can be made of it.",
    operand: alone,
    words: ["image", "rm", "--yes"],
    cannot: (image) =>
      stored(image) ??
      ((image.stored?.usedBy.length ?? 0) > 0
        ? `${image.name} is what ${image.stored?.usedBy.join(", ")} stands on.`
        : null),
    act: { k: "operation", start: (hutch, _, words) => hutch.images.remove(words) },
  }),
  prune,
];
