import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { makePassword, makeSalt, sha512Crypt } from "../../../src/host/sha512-crypt.ts";

it.each([
  ["abc", "saltsalt"],
  ["x".repeat(130), "aB./0123456789zz"],
  ["ünï 漢字", "s"],
  [makePassword(), makeSalt()],
])("hashes %j with %j as OpenSSL does", (password, salt) => {
  const argv = ["passwd", "-6", "-salt", salt, "-stdin"];
  const theirs = execFileSync("openssl", argv, { input: `${password}\n`, encoding: "utf8" });
  expect(sha512Crypt(password, salt)).toBe(theirs.trim());
});

it("makes passwords that differ, and can be typed", () => {
  const made = Array.from({ length: 200 }, makePassword);
  expect(new Set(made).size).toBe(200);
  for (const password of made) expect(password).toMatch(/^(?:[a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$/);
});
