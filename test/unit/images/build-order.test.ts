import { expect, it } from "vitest";
import { isOlderBuild } from "../../../images/index.ts";

it.each([
  ["20260712-2537", "20260810-2566", true],
  ["9.8-20260525.0", "9.10-20260101.0", true],
  ["20260712-2537", "20260712-2537", false],
  ["2026-07-12T10:00:00.000Z", "2026-07-12T10:00:01.000Z", true],
  ["2026-07-12T10:00:01.000Z", "2026-07-12T10:00:00.000Z", false],
  ["20200101", "2026-07-12T10:00:00.000Z", false],
  [null, "20260712-2537", false],
  ["20260712-2537", null, false],
])("whether %s is known to be older than %s", (version, than, older) => {
  expect(isOlderBuild(version, than)).toBe(older);
});
