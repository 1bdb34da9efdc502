/** Changes one setting of the config file and nothing else in it: comments, order and blank lines stay, though blanks before a comment become one. */
import { isMap, isScalar, parseDocument } from "yaml";
import { HutchError, isHutchError } from "../core/errors.ts";
import { pathOf } from "../core/settings.ts";
import { parseConfig } from "./config.ts";
import { parseUiConfig } from "./ui-config.ts";

/** The setting as text, lists with commas; null where the file does not say it, or is not there. */
export function saidIn(text: string): (key: string) => string | null {
  const document = parseDocument(text);
  return (key) => {
    const value: unknown = isMap(document.contents) ? document.getIn(pathOf(key)) : undefined;
    if (value === undefined || value === null) return null;
    const plain: unknown =
      typeof value === "object" && "toJSON" in value ? (value as { toJSON(): unknown }).toJSON() : value;
    return Array.isArray(plain) ? plain.join(",") : String(plain);
  };
}

/**
 * `text` with `value` at `key`, or without it when `value` is null; a section that is empty then goes too. E_USAGE for
 * a value that cannot be meant; E_INVALID when the file cannot be understood as it is.
 */
export function withSetting(text: string, file: string, key: string, value: string | readonly string[] | null): string {
  understood(text, file);
  const document = parseDocument(text);
  const path = pathOf(key);
  if (value === null) {
    document.deleteIn(path);
    for (let length = path.length - 1; length > 0; length--) {
      const section = document.getIn(path.slice(0, length));
      if (isMap(section) && section.items.length === 0) document.deleteIn(path.slice(0, length));
    }
  } else {
    const node = document.getIn(path, true);
    // The scalar that is there keeps its comment and its style.
    if (isScalar(node) && typeof value === "string") node.value = value;
    else document.setIn(path, typeof value === "string" ? value : document.createNode([...value], { flow: true }));
  }
  const changed =
    isMap(document.contents) && document.contents.items.length === 0
      ? commentsOf(text)
      : document.toString({ lineWidth: 0 });
  try {
    understood(changed, file);
  } catch (error) {
    if (!isHutchError(error)) throw error;
    throw new HutchError({
      code: "E_USAGE",
      message: `${key} ${String(value)}: ${error.message.replace(/^.*?:\d+: /, "")}.`,
      next: [`hutch config explain ${key}`],
    });
  }
  return changed;
}

/** E_INVALID for what cannot be meant, in whatever part of the file. */
function understood(text: string, file: string): void {
  parseConfig(text, file);
  parseUiConfig(text, file);
}

/** A file without settings keeps what was written around them. */
function commentsOf(text: string): string {
  return text
    .split("\n")
    .filter((line) => /^\s*#/.test(line))
    .map((line) => `${line}\n`)
    .join("");
}
