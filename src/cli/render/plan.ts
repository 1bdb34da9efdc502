/** What `--dry-run` shows. */
import type { LaunchPlan } from "../../core/requests.ts";
import type { Document } from "./document.ts";
import { plain } from "./plain.ts";
import { pairs } from "./table.ts";

export function planDocument(plans: readonly LaunchPlan[]): Document {
  return {
    data: { plans },
    text: () => plans.map(planText).join("\n"),
    names: plans.map(({ spec }) => ("name" in spec ? String(spec.name) : "")),
  };
}

function planText({ spec, steps, xml, seed }: LaunchPlan): string {
  const rows = Object.entries(spec).map(([key, value]): readonly [string, string] => [key, worded(value)]);
  return [
    pairs(rows),
    `Steps: ${steps.join(", ")}\n`,
    ...Object.entries(seed).map(([file, text]) => section(file, decoded(text))),
    section("domain.xml", xml),
  ].join("\n");
}

/** A part of a message: its headers, the one that says how it travels among them, a blank line, and lines of base64. */
const PART = /^(Content-Transfer-Encoding: base64)((?:\n.+)*\n\n)((?:[A-Za-z0-9+/]+={0,2}\n)+)/gm;

/** Parts travel as base64, so that each byte arrives; who looks at a plan wants to read them. */
function decoded(text: string): string {
  return text.replace(
    PART,
    (_, encoding, headers, body) => `${encoding} (shown as text)${headers}${Buffer.from(body, "base64")}`,
  );
}

function section(title: string, text: string): string {
  const lines = text.trimEnd().split("\n").map(plain);
  return `--- ${title}\n${lines.join("\n")}\n`;
}

function worded(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
  return value === null ? "" : JSON.stringify(value);
}
