import { createHash } from "node:crypto";

/** One part of a multipart message: either a text with its headers, or a message that is complete in itself. */
export type MimePart =
  | {
      readonly filename: string;
      readonly type: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | { readonly message: string };

/** How far into a document cloud-init looks for the header of a MIME message. */
const SNIFFED_CHARACTERS = 4096;

/** Whether cloud-init would take the text for a MIME message. Text that starts as a comment or script is none. */
export function isMimeMessage(text: string): boolean {
  return !text.trimStart().startsWith("#") && /^mime-version:/im.test(text.slice(0, SNIFFED_CHARACTERS));
}

/**
 * A multipart message for cloud-init, which walks through nested ones as well. Texts are carried as base64, so that they
 * arrive byte by byte: cloud-init reads other encodings as ASCII. The same parts always make the same message.
 */
export function mimeMessage(parts: readonly MimePart[]): string {
  const bodies = parts.map(partBody);
  const boundary = `hutch-${createHash("sha256").update(bodies.join("\0")).digest("hex").slice(0, 32)}`;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "MIME-Version: 1.0",
    "",
    ...bodies.flatMap((body) => [`--${boundary}`, body]),
    `--${boundary}--`,
    "",
  ].join("\n");
}

function partBody(part: MimePart): string {
  if ("message" in part) return part.message.trimStart();
  const headers = {
    "Content-Type": `${part.type}; charset="utf-8"`,
    "Content-Transfer-Encoding": "base64",
    "Content-Disposition": `attachment; filename="${part.filename}"`,
    ...part.headers,
  };
  const lines =
    Buffer.from(part.text, "utf8")
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  return [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", ...lines, ""].join("\n");
}
