/** A view of the config for `list`: what the terminal UI shows by the same name, but for what only a screen that watches knows. */
import { HutchError } from "../core/errors.ts";
import { WATCHED_KEYS } from "../core/filter.ts";
import { nearNames } from "../core/near.ts";
import { isListed } from "../core/view-columns.ts";
import { splitWords } from "../core/words.ts";
import type { Cli } from "./cli.ts";
import type { Sorting } from "./render/machine-columns.ts";

export type ListView = {
  readonly words: readonly string[];
  /** undefined: the usual ones. */
  readonly columns: readonly string[] | undefined;
  readonly sorting: Sorting | undefined;
};

/** E_NOT_FOUND for a name that the config has no view of. */
export async function savedView(cli: Cli, name: string): Promise<ListView> {
  const { views } = await (await cli.terminal.library()).uiSettings(cli.host);
  const view = Object.hasOwn(views, name) ? views[name] : undefined;
  if (view === undefined) {
    const names = Object.keys(views);
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `There is no view "${name}".`,
      next: [
        ...nearNames(name, names).map((near) => `Did you mean "${near}"?`),
        names.length === 0
          ? `hutch config set views.${name}.filter 'state=running tag=prod'`
          : `There are ${names.join(", ")}`,
      ],
    });
  }
  const words = splitWords(view.filter);
  const watched = words.find((word) =>
    Object.keys(WATCHED_KEYS).includes(/^!?(?<key>\w+)/.exec(word)?.groups?.["key"] ?? ""),
  );
  if (watched !== undefined && /[<>=]/.test(watched))
    throw new HutchError({
      code: "E_USAGE",
      message: `The view "${name}" asks for ${watched}, which only the terminal UI knows: it watches.`,
      next: ["hutch ui", `hutch config set views.${name}.filter 'state=running'`],
    });
  const columns = view.columns?.filter(isListed);
  return {
    words,
    columns: columns === undefined || columns.length === 0 ? undefined : columns,
    sorting: view.sort !== null && isListed(view.sort.column) ? view.sort : undefined,
  };
}
