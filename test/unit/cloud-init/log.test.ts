import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failingModules } from "../../../cloud-init/index.ts";

const FAILED_SCRIPT = readFileSync(
  new URL("../../fixtures/cloud-init/log-22.4-failed-script.txt", import.meta.url),
  "utf8",
);

describe("failingModules", () => {
  it("tells the module, the command and its exit code, and not what went well", () => {
    expect(failingModules(FAILED_SCRIPT)).toEqual([
      {
        module: "scripts_user",
        lines: [
          "Unexpected error while running command.",
          "Command: ['/var/lib/cloud/instance/scripts/user-data']",
          "Exit code: 4",
          "Failed to run module scripts-user (scripts in /var/lib/cloud/instance/scripts)",
          "Running module scripts-user (<module 'cloudinit.config.cc_scripts_user' from '/usr/lib/python3/dist-packages/cloudinit/config/cc_scripts_user.py'>) failed",
        ],
      },
    ]);
  });

  it("finds the module by what is running, and keeps a traceback with its message", () => {
    const log = [
      "2026-01-31 10:00:00,123 - handlers.py[DEBUG]: start: modules-config/config-locale: running config-locale with frequency once-per-instance",
      "2026-01-31 10:00:01,123 - util.py[WARNING]: failed to set the locale",
      "Traceback (most recent call last):",
      "  File x",
      "2026-01-31 10:00:02,123 - util.py[DEBUG]: next",
      "not part of it",
    ].join("\n");
    expect(failingModules(log)).toEqual([
      { module: "locale", lines: ["failed to set the locale", "Traceback (most recent call last):", "  File x"] },
    ]);
  });

  it("names cloud-init itself when no module was running", () => {
    const log =
      "2026-01-31 10:00:01,123 - user_data.py[WARNING]: Fetching from http://x/ resulted in a invalid http code of 404\n";
    expect(failingModules(log).map(({ module }) => module)).toEqual(["cloud-init"]);
  });

  it("passes over a command that failed in a module which went on", () => {
    const log = [
      "2026-01-31 10:00:00,123 - handlers.py[DEBUG]: start: init-network/config-growpart: running config-growpart with frequency always",
      "2026-01-31 10:00:01,123 - subp.py[DEBUG]: Unexpected error while running command.",
      "Exit code: 1",
    ].join("\n");
    expect(failingModules(log)).toEqual([]);
  });

  it("cleans and limits what a guest wrote", () => {
    const line = (text: string) => `2026-01-31 10:00:01,123 - cc_runcmd.py[WARNING]: ${text}`;
    const log = [line("\x1b]0;title\x07red \x1b[31malert"), ...Array.from({ length: 100 }, () => line("again"))].join(
      "\n",
    );
    const [first] = failingModules(log);
    expect(first?.lines[0]).toBe("red alert");
    expect(first?.lines).toHaveLength(20);
  });
});
