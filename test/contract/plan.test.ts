import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { connect } from "../../src/index.ts";
import { blankVm } from "../support/blank-vm.ts";

it("shows the whole order and makes nothing: no VM, no pool, no key, no folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hutch-plan-"));
  const image = join(folder, "blank.qcow2");
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", image, "1M"]);
  try {
    await using hutch = await connect({ uri: "test:///default", env: { HOME: folder } });
    const before = (await hutch.list()).map(({ name }) => name);
    const plan = await hutch.plan({ ...blankVm("t-plan", image), engine: "docker" });
    expect(plan.xml).toContain("<name>t-plan</name>");
    expect(plan.seed["user-data"]).toContain("hutch's own key, made at the first launch");
    expect(plan.steps).toContain("engine");
    expect((await hutch.list()).map(({ name }) => name)).toEqual(before);
    expect(readdirSync(folder)).toEqual(["blank.qcow2"]);
    expect(existsSync(join(folder, ".local"))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
