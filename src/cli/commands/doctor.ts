/** `doctor`: what this host lacks, and what died half-way. */
import { EXIT_CODES } from "../../core/errors.ts";
import type { CheckState, DoctorReport } from "../../core/requests.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { type Paint, paintFor } from "../render/paint.ts";
import { plain } from "../render/plain.ts";

export const doctor: Command = defineCommand({
  operands: [],
  flags: { fix: toggle("--fix", "finish the clean-up of what was interrupted, and repair what is safe to repair") },
  json: "report: DoctorReport",
  examples: ["hutch doctor", "hutch doctor --fix", "hutch doctor -o json"],
  notes: "Exit code 6 when a check fails.",
  run: async (cli, { fix }) => {
    const { terminal, globals } = cli;
    const { diagnose } = await terminal.library();
    const report = await diagnose({ ...cli.host, fix });
    const paint = paintFor(terminal.stdout, terminal.env, globals.noColor);
    await cli.print({
      data: { report },
      text: () => reportText(report, fix, paint),
      names: report.checks.filter(({ state }) => state === "fail" || state === "warn").map(({ id }) => id),
    });
    return report.checks.some(({ state }) => state === "fail") ? EXIT_CODES.E_HOST : 0;
  },
});

function reportText({ uri, checks, fixed, interrupted }: DoctorReport, fix: boolean, paint: Paint): string {
  const lines = [`libvirt: ${plain(uri)}`];
  for (const { title, state, found, fix: fixes } of checks) {
    lines.push(`${markOf(state, paint)} ${plain(title)}: ${plain(found)}`);
    for (const text of fixes) lines.push(`    → ${plain(text)}`);
  }
  for (const text of fixed) lines.push(`${paint.green("✓")} Repaired: ${plain(text)}`);
  for (const { title, undone, left } of interrupted) {
    // Where there was nothing to take back, nothing was done.
    const state = !fix || left.length > 0 ? "warn" : undone.length > 0 ? "ok" : "note";
    lines.push(`${markOf(state, paint)} Interrupted: ${plain(title)}`);
    for (const text of undone) lines.push(`    taken back: ${plain(text)}`);
    for (const { what, command } of left) lines.push(`    left: ${plain(what)}`, `    → ${plain(command)}`);
    if (!fix) lines.push("    → hutch doctor --fix");
  }
  return `${lines.join("\n")}\n`;
}

function markOf(state: CheckState, paint: Paint): string {
  switch (state) {
    case "ok":
      return paint.green("✓");
    case "note":
      return paint.dim("·");
    case "warn":
      return paint.yellow("!");
    case "fail":
      return paint.red("✗");
  }
}
