import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cliPage, pages } from "../../../scripts/gen-docs.ts";
import { EXIT_CODES } from "../../../src/core/errors.ts";

describe("docs/cli.md and docs/man/hutch.1", () => {
  it("are what scripts/gen-docs.ts writes", async () => {
    for (const [path, page] of await pages())
      expect(readFileSync(join(import.meta.dirname, "../../..", path), "utf8"), path).toBe(page);
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
      "NetworkInfo",
      "PoolInfo",
      "SettingRow",
      "MachineStats",
      "HostEvent",
    ]) {
      expect(page).toMatch(new RegExp(`^export type ${name} =`, "m"));
    }
    for (const code of Object.keys(EXIT_CODES)) expect(page).toContain(`\`${code}\``);
  });
});
