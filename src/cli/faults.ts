/** Errors as a user reads them: what, why, and what to type next; as JSON for programs. */
import type { HutchError } from "../core/errors.ts";
import type { Format } from "./globals.ts";
import { JSON_VERSION } from "./render/document.ts";
import type { Paint } from "./render/paint.ts";
import { plain } from "./render/plain.ts";
import { typeable } from "./typeable.ts";

export type FaultStyle = {
  readonly format: Format;
  readonly paint: Paint;
  readonly verbose: boolean;
  readonly exitCode: number;
  /** The command line, as it was typed. */
  readonly words?: readonly string[];
};

/** Ends with a newline. */
export function faultText(error: HutchError, { format, paint, verbose, exitCode, words = [] }: FaultStyle): string {
  const next = typeable(error.next, words);
  if (format === "json" || format === "ndjson" || format === "yaml") {
    const document = {
      v: JSON_VERSION,
      error: { ...error.toData(), ...(next.length === 0 ? {} : { next }), exitCode },
    };
    return `${JSON.stringify(document, null, format === "ndjson" ? undefined : 2)}\n`;
  }
  const lines = [`${paint.red("Error:")} ${plain(error.message)}`];
  for (const text of error.why?.split("\n") ?? []) lines.push(`  ${plain(text)}`);
  for (const text of lastLines(error)) lines.push(paint.dim(`  | ${plain(text)}`));
  for (const text of next) lines.push(`  ${paint.dim("→")} ${plain(text)}`);
  if (error.left.length > 0) lines.push("Still there, and how to remove it:");
  for (const { what, command } of error.left) lines.push(`  ${plain(what)}`, `    ${plain(command)}`);
  if (verbose) lines.push(paint.dim(traces(error)));
  return `${lines.join("\n")}\n`;
}

/** What the guest said last, where the error brought it along. */
function lastLines({ details }: HutchError): readonly string[] {
  const said = details?.["console"] ?? details?.["log"] ?? [];
  return Array.isArray(said) ? said : [];
}

function traces(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error));
  const stack = (error.stack ?? error.message).split("\n").map(plain).join("\n");
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${traces(error.cause)}`;
}
