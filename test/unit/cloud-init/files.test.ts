import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { endedCleanly } from "../../../cloud-init/index.ts";

/** As `wait-cloud-init.sh` hands them over: what versions of cloud-init left in `status.json` and `result.json`. */
const recorded = (name: string): string =>
  readFileSync(new URL(`../../fixtures/cloud-init/files-${name}.json`, import.meta.url), "utf8");

type Files = {
  status: { v1: Record<string, unknown> };
  result: { v1: Record<string, unknown> };
};
const changed = (version: string, change: (files: Files) => void): string => {
  const files = JSON.parse(recorded(version)) as Files;
  change(files);
  return JSON.stringify(files);
};

const VERSIONS = ["20.4-done", "22.4-done", "25.1-done"];

describe("endedCleanly", () => {
  it.each(VERSIONS)("sees that %s is clean", (version) => {
    expect(endedCleanly(recorded(version))).toBe(true);
  });

  it.each(["22.4-failed", "25.1-degraded"])("leaves %s to cloud-init's own word", (version) => {
    expect(endedCleanly(recorded(version))).toBe(false);
  });

  describe.each(VERSIONS)("asks about %s", (version) => {
    const ended = { errors: [], start: 1, finished: 2 };
    it.each<[string, (files: Files) => void]>([
      [
        "with a stage that has not finished",
        ({ status }) => (status.v1["modules-final"] = { ...ended, finished: null }),
      ],
      ["with a stage that never ran", ({ status }) => delete status.v1["modules-config"]],
      ["with an error in a stage", ({ status }) => (status.v1["init"] = { ...ended, errors: ["no"] })],
      ["with an error in a stage of another name", ({ status }) => (status.v1["new"] = { ...ended, errors: ["no"] })],
      ["with errors in another form", ({ status }) => (status.v1["init"] = { ...ended, errors: { a: 1 } })],
      [
        "with something recoverable in a stage",
        ({ status }) => (status.v1["init"] = { ...ended, recoverable_errors: { WARNING: ["hm"] } }),
      ],
      [
        "with something recoverable in the result",
        ({ result }) => (result.v1["recoverable_errors"] = { DEPRECATED: ["old"] }),
      ],
      ["with an error in the result", ({ result }) => (result.v1["errors"] = ["no"])],
      ["in the middle of a stage", ({ status }) => (status.v1["stage"] = "modules-final")],
      ["without a datasource", ({ status }) => (status.v1["datasource"] = null)],
      ["in a form of another version", (files) => Object.assign(files, { status: { v2: files.status.v1 } })],
    ])("%s", (_, change) => {
      expect(endedCleanly(changed(version, change))).toBe(false);
    });
  });

  it.each([
    ["nothing", ""],
    ["half a file", '{"status": {"v1": {"datasource": "DataS'],
    ["a file that could not be read", '{"status": , "result": }'],
    ["something else", '["v1"]'],
    ["absent", "absent\n"],
  ])("asks when there is %s", (_, stdout) => {
    expect(endedCleanly(stdout)).toBe(false);
  });
});
