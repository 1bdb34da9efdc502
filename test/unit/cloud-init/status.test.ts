import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseStatus } from "../../../cloud-init/index.ts";

/** What real versions of cloud-init printed: 22.4.2 (Debian 12) and 25.1.4 (Debian 13). */
const recorded = (name: string): string =>
  readFileSync(new URL(`../../fixtures/cloud-init/${name}`, import.meta.url), "utf8");

const SCRIPT_FAILED = "Runparts: 1 failures (user-data) in 1 attempted commands";

describe("parseStatus, before 22.4 (text)", () => {
  it("reads done, with or without the dots of waiting", () => {
    const stdout =
      "......................\nstatus: done\ntime: Thu, 01 Jan 2026 10:00:00 +0000\ndetail:\nDataSourceNoCloud [seed=/dev/vdb][dsmode=net]\n";
    expect(parseStatus({ stdout, exitCode: 0 })).toEqual({ state: "done", errors: [], recoverable: [] });
    expect(parseStatus({ stdout: stdout.slice(23), exitCode: 0 }).state).toBe("done");
  });

  it("reads an error and its module", () => {
    const stdout = `status: error\ntime: Thu, 01 Jan 2026 10:00:00 +0000\ndetail:\n('scripts-user', RuntimeError('${SCRIPT_FAILED}'))\n`;
    expect(parseStatus({ stdout, exitCode: 1 })).toEqual({
      state: "failed",
      errors: [{ module: "scripts_user", message: SCRIPT_FAILED }],
      recoverable: [],
    });
  });

  it.each([
    ["status: running\ndetail:\nDataSourceNoCloud\n", "running"],
    ["status: disabled\ndetail:\nCloud-init disabled by cloud-init-generator\n", "disabled"],
    ["status: not run\n", "not-run"],
  ])("reads %j", (stdout, state) => {
    expect(parseStatus({ stdout, exitCode: 0 }).state).toBe(state);
  });
});

describe("parseStatus, 22.4 to 23.3 (JSON, exit codes 0 and 1)", () => {
  it("reads done", () => {
    expect(parseStatus({ stdout: recorded("status-22.4-done.json"), exitCode: 0 })).toEqual({
      state: "done",
      errors: [],
      recoverable: [],
    });
  });

  it("reads a failed script", () => {
    expect(parseStatus({ stdout: recorded("status-22.4-failed.json"), exitCode: 1 })).toEqual({
      state: "failed",
      errors: [{ module: "scripts_user", message: SCRIPT_FAILED }],
      recoverable: [],
    });
  });
});

describe("parseStatus, from 23.4 on (stages, exit code 2)", () => {
  it("reads done", () => {
    expect(parseStatus({ stdout: recorded("status-25.1-done.json"), exitCode: 0 })).toEqual({
      state: "done",
      errors: [],
      recoverable: [],
    });
  });

  it("reads a failure with its stage and what was recoverable beside it", () => {
    expect(parseStatus({ stdout: recorded("status-25.1-failed.json"), exitCode: 1 })).toMatchObject({
      state: "failed",
      stage: "modules-final",
      errors: [
        {
          module: "scripts_user",
          stage: "modules-final",
          message: "Runparts: 1 failures (runcmd) in 1 attempted commands",
        },
      ],
      recoverable: [{ level: "WARNING", module: "scripts_user", stage: "modules-config" }],
    });
  });

  const degraded = recorded("status-25.1-degraded.json");
  const warned = {
    state: "degraded",
    errors: [],
    recoverable: [
      {
        level: "WARNING",
        stage: "modules-config",
        message: "Failed at merging in cloud config part from user-data: empty cloud config",
      },
    ],
  };

  it("reads degraded", () => {
    expect(parseStatus({ stdout: degraded, exitCode: 2 })).toEqual(warned);
  });

  it("reads degraded where Ubuntu 22.04 exits with 0 all the same", () => {
    expect(parseStatus({ stdout: degraded, exitCode: 0 })).toEqual(warned);
  });

  it("does not call remarks about old spellings degraded", () => {
    const remarks = degraded.replaceAll('"WARNING"', '"DEPRECATED"');
    expect(parseStatus({ stdout: remarks, exitCode: 2 })).toMatchObject({
      state: "done",
      recoverable: [{ level: "DEPRECATED" }],
    });
  });

  it("reads an error of the units themselves, which has no module", () => {
    const said = {
      status: "error",
      detail: "Failed due to systemd unit failure",
      errors: ["Failed due to systemd unit failure. Ensure all …"],
      recoverable_errors: {},
    };
    expect(parseStatus({ stdout: JSON.stringify(said), exitCode: 1 })).toEqual({
      state: "failed",
      errors: [{ message: said.errors[0] }],
      recoverable: [],
    });
  });

  it.each([
    ["running", 0, "running"],
    ["not started", 0, "not-run"],
    ["not run", 0, "not-run"],
    ["disabled", 0, "disabled"],
    ["done", 1, "failed"],
    ["done", 2, "degraded"],
  ])('takes status "%s" with exit code %i for %s', (status, exitCode, state) => {
    expect(
      parseStatus({ stdout: JSON.stringify({ status, errors: [], recoverable_errors: {} }), exitCode }).state,
    ).toBe(state);
  });

  it("never says failed without a word", () => {
    const { errors } = parseStatus({ stdout: '{"status": "error", "errors": []}', exitCode: 1 });
    expect(errors).toEqual([{ message: "exit code 1" }]);
  });
});

describe("parseStatus, without an answer", () => {
  it("takes silence and broken output for not-run", () => {
    expect(parseStatus({ stdout: "", exitCode: 255 }).state).toBe("not-run");
    expect(parseStatus({ stdout: '{"status": "do', exitCode: 1 }).state).toBe("not-run");
  });

  it("takes a guest without cloud-init for one where it is disabled", () => {
    expect(parseStatus({ stdout: "absent\n", exitCode: 3 }).state).toBe("disabled");
  });
});
