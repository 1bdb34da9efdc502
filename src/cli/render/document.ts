/** What a command prints to stdout, in every format from one value. */
import type { Format } from "../globals.ts";

export type Document = {
  /** The members of the JSON document beside `v`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** For people, at a terminal of so many columns (a pipe has no end of them); ends with a newline, or is empty. */
  readonly text: (columns: number) => string;
  /** One a line with `-o name`. */
  readonly names: readonly string[];
};

/** The version of every JSON document; grows when a member changes its meaning or goes away. */
export const JSON_VERSION = 1;

export async function rendered(
  { data, text, names }: Document,
  format: Format,
  columns = Number.POSITIVE_INFINITY,
): Promise<string> {
  switch (format) {
    case "table":
      return text(columns);
    case "name":
      return names.map((name) => `${name}\n`).join("");
    case "json":
      return `${JSON.stringify({ v: JSON_VERSION, ...data }, null, 2)}\n`;
    case "ndjson":
      return ndjson({ k: "result", ...data });
    case "yaml": {
      const { yaml } = await import("./yaml.ts");
      return yaml({ v: JSON_VERSION, ...data });
    }
  }
}

export function ndjson(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ v: JSON_VERSION, ...value })}\n`;
}
