import { expect, it } from "vitest";
import { plural } from "../../../src/core/plural.ts";

it.each([
  [0, "0 leases"],
  [1, "1 lease"],
  [2, "2 leases"],
])("%i of a thing is %s", (count, said) => {
  expect(plural(count, "lease")).toBe(said);
});
