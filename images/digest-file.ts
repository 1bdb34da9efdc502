import type { DigestAlgorithm } from "./hash.ts";

/**
 * How publishers write digests: `gnu` lines (`HEX  NAME`), `bsd` lines (`SHA256 (NAME) = HEX`), `bare` (the digest alone, of
 * the one file beside it), `debian-json` (an annotation in base64 without padding).
 */
export const DIGEST_FORMATS = ["gnu", "bsd", "bare", "debian-json"] as const;
export type DigestFormat = (typeof DIGEST_FORMATS)[number];

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };

/** The digest of the file called `name`, in lower-case hex, or undefined when the text does not give it. */
export function digestFrom(
  text: string,
  format: DigestFormat,
  algorithm: DigestAlgorithm,
  name: string,
): string | undefined {
  const hex = find(text, format, algorithm, name)?.toLowerCase();
  return hex !== undefined && hex.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/.test(hex) ? hex : undefined;
}

function find(text: string, format: DigestFormat, algorithm: DigestAlgorithm, name: string): string | undefined {
  switch (format) {
    case "gnu":
      return firstMatch(text, /^([0-9a-f]+) [ *]?(?:\.\/)?(\S+)$/i, ([hex, file]) => (file === name ? hex : undefined));
    case "bsd":
      return firstMatch(text, /^(SHA\d+) \((.+)\) = ([0-9a-f]+)$/i, ([kind, file, hex]) =>
        kind?.toLowerCase() === algorithm && file === name ? hex : undefined,
      );
    case "bare":
      return text.trim();
    case "debian-json":
      return debianAnnotation(text, algorithm);
  }
}

/** A file may be listed twice: the first line counts. */
function firstMatch(
  text: string,
  line: RegExp,
  pick: (groups: readonly (string | undefined)[]) => string | undefined,
): string | undefined {
  for (const each of text.split(/\r?\n/)) {
    const hex = pick(line.exec(each.trim())?.slice(1) ?? []);
    if (hex !== undefined) return hex;
  }
  return undefined;
}

function debianAnnotation(text: string, algorithm: DigestAlgorithm): string | undefined {
  // Found by its key wherever it stands: the file describes several things that each have metadata.
  const match = /"cloud\.debian\.org\/digest"\s*:\s*"([a-z0-9]+):([A-Za-z0-9+/]+)=*"/.exec(text);
  if (match?.[1] !== algorithm) return undefined;
  return Buffer.from(match[2] ?? "", "base64").toString("hex");
}
