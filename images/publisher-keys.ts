import type { SignatureSource } from "./catalogue-entry.ts";
import { ImageError, isImageError } from "./errors.ts";
import type { PinnedKey } from "./keys/shipped.ts";
import { withoutSecrets } from "./proxy.ts";
import { getSmallFile } from "./small-file.ts";

type PinnedKeysOptions = {
  /** Where an address of the publisher's is fetched from. */
  readonly at: (address: string) => string;
  readonly keysOf: KeysOf;
  readonly signal: AbortSignal | undefined;
};

/** The keys that are at hand without asking anybody. */
export type KeysOf = (fingerprints: readonly string[]) => Promise<readonly PinnedKey[]>;

/**
 * The keys that may sign: those that hutch brings along, else those that the publisher shows. Whoever shows them, a mirror
 * too, cannot put others in their place, for gpgv takes only signatures by the fingerprints of the catalogue.
 *
 * Fails with `unreachable`, with `signature` where no key is shown, or `cancelled`.
 */
export async function pinnedKeys(
  signature: SignatureSource,
  { at, keysOf, signal }: PinnedKeysOptions,
): Promise<readonly PinnedKey[]> {
  if (signature === null) return [];
  const { keys, keysAt } = signature;
  if (keysAt === null) return keysOf(keys);
  const keyring = await shownKeyring([...new Set([at(keysAt), keysAt])], signal);
  return keys.map((fingerprint) => ({ fingerprint, keyring }));
}

/** From the first of the addresses that has it: mirrors of images mostly have no keys. */
async function shownKeyring(
  [address = "", ...others]: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  try {
    return dearmoured((await getSmallFile(address, signal)).bytes);
  } catch (error) {
    if (!isImageError(error) || error.kind === "cancelled") throw error;
    if (others.length > 0) return shownKeyring(others, signal);
    throw new ImageError(
      error.kind === "unreachable" ? "unreachable" : "signature",
      `${withoutSecrets(address)} shows no key.`,
      {
        why: `${error.message} The image is signed with that key, and is not taken unchecked.`,
        next: [...error.next, "Try again later.", "Look for a newer hutch: it may know where the key is now."],
        cause: error,
      },
    );
  }
}

/** What a key block stands between (RFC 9580, section 6.2): headers, an empty line, base64, and perhaps a checksum. */
const BLOCK = { begin: "-----BEGIN PGP PUBLIC KEY BLOCK-----", end: "-----END PGP PUBLIC KEY BLOCK-----" } as const;
/** How a public key packet begins, in both ways of writing it. */
const KEY_TAGS: readonly (number | undefined)[] = [0x98, 0x99, 0x9a, 0xc6];

/** gpgv reads binary keyrings only: what is armoured is unpacked, all blocks of it. */
function dearmoured(bytes: Buffer): Buffer {
  const lines = bytes.toString("latin1").split("\n");
  const keyring = lines.some((line) => line.trimEnd() === BLOCK.begin) ? Buffer.concat(blocksIn(lines)) : bytes;
  if (!KEY_TAGS.includes(keyring[0])) throw new ImageError("signature", "What is there is no OpenPGP key.");
  return keyring;
}

function blocksIn(lines: readonly string[]): readonly Buffer[] {
  const blocks: Buffer[] = [];
  let inside: "nothing" | "headers" | "base64" = "nothing";
  let base64 = "";
  for (const line of lines.map((each) => each.trimEnd())) {
    if (line === BLOCK.begin) [inside, base64] = ["headers", ""];
    else if (inside === "headers" && line === "") inside = "base64";
    else if (inside === "base64" && line === BLOCK.end) {
      blocks.push(Buffer.from(base64, "base64"));
      inside = "nothing";
    } else if (inside === "base64" && !line.startsWith("=")) base64 += line;
  }
  return blocks;
}
