import { describe, expect, it } from "vitest";
import { readStatus } from "../../../images/signature-status.ts";

const PRIMARY = "A".repeat(40);
const SUBKEY = "B".repeat(40);
const OTHER = "C".repeat(40);

const lines = (...words: readonly string[]): string => words.map((line) => `[GNUPG:] ${line}\n`).join("");
const valid = (primary: string, { key = SUBKEY, hash = 10 } = {}): string =>
  `VALIDSIG ${key} 2026-07-12 1783857600 0 4 0 1 ${hash} 00 ${primary}`;
const good = (primary: string, how = {}): readonly string[] => [
  "NEWSIG",
  `GOODSIG ${SUBKEY.slice(24)} Somebody`,
  valid(primary, how),
];

describe("gpgv's status", () => {
  it("is good by the primary fingerprint, whichever subkey signed", () => {
    expect(readStatus(lines(...good(PRIMARY)), [PRIMARY])).toEqual({
      good: true,
      fingerprint: PRIMARY,
      madeAt: 1_783_857_600,
    });
  });

  it("is good when another's signature beside it cannot be checked", () => {
    const beside = ["NEWSIG", `ERRSIG ${OTHER.slice(24)} 1 10 00 1783857600 9`, `NO_PUBKEY ${OTHER.slice(24)}`];
    expect(readStatus(lines(...beside, ...good(PRIMARY)), [OTHER, PRIMARY])).toMatchObject({ good: true });
  });

  it.each([
    ["another key, though its signature is good", good(OTHER), "wrong-key"],
    ["a subkey that only looks like the pinned key", good(OTHER, { key: PRIMARY }), "wrong-key"],
    ["a key that is not at hand", ["NEWSIG", "ERRSIG CC 1 10 00 1783857600 9", "NO_PUBKEY CC"], "wrong-key"],
    ["changed bytes", ["NEWSIG", "BADSIG AA Somebody"], "changed"],
    ["changed bytes beside a good signature", [...good(PRIMARY), "NEWSIG", "BADSIG AA Somebody"], "changed"],
    ["an expired key", ["NEWSIG", "KEYEXPIRED 1", "EXPKEYSIG AA Somebody", valid(PRIMARY)], "key-expired"],
    ["an expired signature", ["NEWSIG", "EXPSIG AA Somebody", valid(PRIMARY)], "signature-expired"],
    ["a revoked key", ["NEWSIG", "REVKEYSIG AA Somebody", valid(PRIMARY)], "key-revoked"],
    ["SHA-1", good(PRIMARY, { hash: 2 }), "weak"],
    ["no signature", ["NODATA 3", "UNEXPECTED 0"], "missing"],
    ["nothing at all", [], "missing"],
  ] as const)("refuses %s", (_, status, problem) => {
    expect(readStatus(lines(...status), [PRIMARY])).toEqual({ good: false, problem });
  });

  it("does not take a signed text that looks like status for status", () => {
    expect(readStatus(`text ${lines(...good(PRIMARY))}`.replaceAll("\n[", "\n ["), [PRIMARY])).toMatchObject({
      good: false,
    });
  });

  it("does not pair a good signature with another's fingerprint", () => {
    const status = ["NEWSIG", "GOODSIG CC Somebody", "NEWSIG", "EXPKEYSIG AA Somebody", valid(PRIMARY)];
    expect(readStatus(lines(...status), [PRIMARY])).toMatchObject({ good: false });
  });
});
