import { expect, it } from "vitest";
import { cpuLevelOf } from "../../../src/host/cpu-level.ts";

const V3 = ["avx", "avx2", "bmi1", "bmi2", "fma", "abm", "movbe", "f16c"];

it.each([
  ["Skylake-Client-IBRS", [], 3],
  ["EPYC-Milan", [], 3],
  ["IvyBridge", [], 2],
  ["Nehalem", V3, 3],
  ["Nehalem", V3.slice(1, -2), 2],
  ["Penryn", [], 1],
  ["qemu64", ["cx16", "lahf_lm", "popcnt", "sse4.1", "sse4.2", "ssse3"], 2],
  ["SomethingNew", V3, 3],
  ["SomethingNew", [], null],
  ["", [], null],
])("the level of %s with %j", (model, features, level) => {
  expect(cpuLevelOf(model, features)).toBe(level);
});
