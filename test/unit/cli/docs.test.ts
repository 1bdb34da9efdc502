import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cliPage } from "../../../scripts/gen-docs.ts";
import { EXIT_CODES } from "../../../src/core/errors.ts";

describe("docs/cli.md", () => {
  it("is what scripts/gen-docs.ts writes", async () => {
    expect(readFileSync(join(import.meta.dirname, "../../../docs/cli.md"), "utf8")).toBe(await cliPage());
  });

  it("declares every type that a document names, and tells every exit code", async () => {
    const page = await cliPage();
    for (const name of [
      "MachineView",
      "MachineRecord",
      "MachineSpec",
      "LaunchResult",
      "PowerResult",
      "ImageRow",
      "OpEvent",
      "FaultData",
      "Leftover",
      "DoctorReport",
    ]) {
      expect(page).toMatch(new RegExp(`^export type ${name} =`, "m"));
    }
    for (const code of Object.keys(EXIT_CODES)) expect(page).toContain(`\`${code}\``);
  });
});
