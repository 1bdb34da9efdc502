import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, type Hutch } from "../../src/index.ts";
import { blankVm } from "../support/blank-vm.ts";

let folder: string;
let hutch: Hutch;
const names = async () => (await hutch.list()).map(({ name }) => name).filter((name) => name !== "test");

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hutch-ephemeral-"));
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", join(folder, "blank.qcow2"), "1M"]);
  hutch = await connect({ uri: "test:///default", env: { HOME: folder } });
});
afterEach(async () => {
  await hutch.close();
  rmSync(folder, { recursive: true, force: true });
});

const order = (name: string, ephemeral: boolean) => ({ ...blankVm(name, join(folder, "blank.qcow2")), ephemeral });

describe("an ephemeral VM", () => {
  it("is gone once it is stopped, with its disks; another is not", async () => {
    await hutch.launch(order("t-kept", false)).result;
    await hutch.launch(order("t-gone", true)).result;
    await hutch.stop({ names: ["t-kept", "t-gone"], force: true }).result;
    expect(await names()).toEqual(["t-kept"]);
  });

  it("that stopped by itself is thrown away by the next launch", async () => {
    await hutch.launch({ ...order("t-gone", true), start: false }).result;
    expect(await names()).toEqual(["t-gone"]);
    await hutch.launch(order("t-next", false)).result;
    expect(await names()).toEqual(["t-next"]);
  });
});
