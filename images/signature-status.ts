/** What gpgv found out about one signature. */
export type SignatureVerdict =
  | {
      readonly good: true;
      /** Primary fingerprint of the key. */
      readonly fingerprint: string;
      /** When it was made, in seconds since 1970: vouched for by the signature itself. */
      readonly madeAt: number;
    }
  | { readonly good: false; readonly problem: SignatureProblem };

export type SignatureProblem =
  /** There is no signature in what should be one. */
  | "missing"
  /** What was signed is not what is here. */
  | "changed"
  | "wrong-key"
  | "key-expired"
  | "signature-expired"
  | "key-revoked"
  /** Over a digest that can be forged (MD5, SHA-1, RIPEMD-160). */
  | "weak";

const PREFIX = "[GNUPG:] ";
/** OpenPGP's numbers of MD5, SHA-1 and RIPEMD-160. */
const FORGEABLE: readonly string[] = ["1", "2", "3"];

/** From worst to least: of several signatures the worst of these is told. */
const REFUSED: readonly (readonly [keyword: string, problem: SignatureProblem])[] = [
  ["REVKEYSIG", "key-revoked"],
  ["EXPKEYSIG", "key-expired"],
  ["EXPSIG", "signature-expired"],
  ["ERRSIG", "wrong-key"],
];

/**
 * Reads gpgv's status lines. Good is only a signature by one of the pinned keys, compared by primary fingerprint as signing
 * subkeys change; signatures of others beside it do not matter, a broken one does.
 */
export function readStatus(text: string, pinned: readonly string[]): SignatureVerdict {
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith(PREFIX))
    .map((line) => line.slice(PREFIX.length).trim().split(" "));
  const keywords = new Set(lines.map(([keyword]) => keyword));
  if (keywords.has("BADSIG")) return { good: false, problem: "changed" };

  let weak = false;
  for (const [index, line] of lines.entries()) {
    if (line[0] !== "GOODSIG") continue;
    const valid = lines.slice(index + 1).find(([keyword]) => keyword === "VALIDSIG" || keyword === "NEWSIG");
    if (valid?.[0] !== "VALIDSIG") continue;
    const [, , , madeAt = "", , , , , hash = "", , primary = ""] = valid;
    if (!pinned.includes(primary)) continue;
    if (!FORGEABLE.includes(hash)) return { good: true, fingerprint: primary, madeAt: Number(madeAt) };
    weak = true;
  }
  if (weak) return { good: false, problem: "weak" };
  const refused = REFUSED.find(([keyword]) => keywords.has(keyword));
  if (refused !== undefined) return { good: false, problem: refused[1] };
  return { good: false, problem: keywords.has("GOODSIG") ? "wrong-key" : "missing" };
}
