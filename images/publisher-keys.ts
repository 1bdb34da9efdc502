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
const [BEGIN, END] = ["-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----"];

/** gpgv reads binary keyrings only. */
function dearmoured(bytes: Buffer): Buffer {
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .map((line) => line.trimEnd());
  const begin = lines.indexOf(BEGIN);
  const end = lines.indexOf(END, begin);
  const block = lines.slice(begin + 1, end);
  const headers = block.indexOf("");
  if ([begin, end, headers].includes(-1)) throw new ImageError("signature", "What is there is no OpenPGP key.");
  const base64 = block.slice(headers + 1).filter((line) => !line.startsWith("="));
  return Buffer.from(base64.join(""), "base64");
}
