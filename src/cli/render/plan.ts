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
    ...Object.entries(seed).map(([file, text]) => section(file, text)),
    section("domain.xml", xml),
  ].join("\n");
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
