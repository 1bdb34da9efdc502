/** The parts of the config file that are about looking: `ui` and `views`. */
import { HutchError } from "../core/errors.ts";
import { assertFilter, checkColumn, checkViewName, type SavedView, sortingOf } from "../core/saved-view.ts";
import type { UiSettings } from "../core/ui-settings.ts";
import { ConfigReader, given } from "./config.ts";

/** A key that an action is not to have. */
const NO_KEY = "none";

/** E_INVALID with file and line for what cannot be meant. */
export function parseUiConfig(text: string, file: string): UiSettings {
  const reader = new ConfigReader(file);
  const root = reader.open(text);
  const ui = reader.map(root, "ui");
  const keys = reader.map(ui, "keys");
  const views = reader.map(root, "views");
  return {
    ...given({
      theme: reader.oneOf(ui, "theme", ["dark", "light"]),
      ascii: reader.yesNo(ui, "ascii"),
      mouse: reader.yesNo(ui, "mouse"),
      screenReader: reader.yesNo(ui, "screenReader"),
      readonly: reader.yesNo(ui, "readonly"),
    }),
    keys: Object.fromEntries(
      reader.names(keys).map((id) => [id, (reader.list(keys, id) ?? []).filter((key) => key.toLowerCase() !== NO_KEY)]),
    ),
    views: Object.fromEntries(reader.names(views).map((name) => [name, viewOf(reader, views, name)])),
  };
}

function viewOf(reader: ConfigReader, views: ReturnType<ConfigReader["map"]>, name: string): SavedView {
  const wrong = checkViewName(name);
  if (wrong !== null) throw reader.refusal(views, name, `"${name}": ${wrong}`);
  const view = reader.map(views, name);
  const filter = reader.text(view, "filter") ?? "";
  try {
    assertFilter(filter);
  } catch (error) {
    throw error instanceof HutchError ? reader.refusal(view, "filter", error.message) : error;
  }
  const columns = reader.list(view, "columns") ?? null;
  for (const column of columns ?? []) {
    const fault = checkColumn(column);
    if (fault !== null) throw reader.refusal(view, "columns", fault);
  }
  const sort = reader.text(view, "sort");
  const sorting = sort === undefined ? null : sortingOf(sort);
  const fault = sorting === null ? null : checkColumn(sorting.column);
  if (fault !== null) throw reader.refusal(view, "sort", fault);
  return { filter, sort: sorting, columns };
}
