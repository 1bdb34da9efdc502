import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImageError, isImageError } from "./errors.ts";
import type { PinnedKey } from "./keys/shipped.ts";
import { run } from "./process.ts";
import { withoutSecrets } from "./proxy.ts";
import { readStatus, type SignatureProblem } from "./signature-status.ts";
import { getSmallFile } from "./small-file.ts";

/** A signature that was found good. */
export type Signed = {
  /** Primary fingerprint of the key. */
  readonly fingerprint: string;
  /** When it was made; vouched for by the signature itself. */
  readonly madeAt: Date;
};

export type SignatureOptions = {
  /** Who may sign; nobody else's key is looked at. */
  readonly keys: readonly PinnedKey[];
  /** What is checked, for messages: its address. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
};

/** Reading a large image from a slow disk. */
const GPGV_TIMEOUT_MS = 600_000;

/**
 * Checks a detached signature over a file. Fails with `signature` in words of its own for each way in which it can be wrong,
 * `tools` when there is no gpgv, or `cancelled`.
 */
export function verifyFile(file: string, signature: Buffer, options: SignatureOptions): Promise<Signed> {
  return inFolder(async (folder) => {
    const signatureFile = join(folder, "signature");
    await writeFile(signatureFile, signature);
    return gpgv(folder, [signatureFile, file], options);
  });
}

/** Fetches a detached signature. Fails as `getSmallFile`, but with `signature` where there is none. */
export async function getSignature(url: string, { keys, what, signal }: SignatureOptions): Promise<Buffer> {
  try {
    return (await getSmallFile(url, signal)).bytes;
  } catch (error) {
    throw isImageError(error) && error.kind === "not-found" ? refused("missing", what, keys) : error;
  }
}

/** Checks a detached signature over a few bytes, as `verifyFile`. */
export function verifyBytes(bytes: Buffer, signature: Buffer, options: SignatureOptions): Promise<Signed> {
  return inFolder(async (folder) => {
    const [file, signatureFile] = [join(folder, "signed"), join(folder, "signature")];
    await Promise.all([writeFile(file, bytes), writeFile(signatureFile, signature)]);
    return gpgv(folder, [signatureFile, file], options);
  });
}

/** Lines of a signed text that begin with a dash are escaped: this one is always an armour's. */
const ARMOUR = /^-----BEGIN PGP SIGNED MESSAGE-----/gm;

/** Checks a text signed around itself, as `verifyFile`, and gives what was signed: nothing before, behind or beside it. */
export async function verifyClearsigned(
  bytes: Buffer,
  options: SignatureOptions,
): Promise<Signed & { readonly text: string }> {
  // Of two texts gpgv would tell one's signature and give the other, too.
  if ([...bytes.toString("latin1").matchAll(ARMOUR)].length > 1) throw refused("changed", options.what, options.keys);
  return inFolder(async (folder) => {
    const [file, signedText] = [join(folder, "clearsigned"), join(folder, "text")];
    await writeFile(file, bytes);
    const signed = await gpgv(folder, ["--output", signedText, file], options);
    return { ...signed, text: await readFile(signedText, "utf8") };
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "hutch-signature-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With the pinned keys only, and in a folder without the user's own. */
async function gpgv(home: string, args: readonly string[], { keys, what, signal }: SignatureOptions): Promise<Signed> {
  const keyrings: string[] = [];
  for (const { fingerprint, keyring } of keys) {
    const file = join(home, `${fingerprint}.gpg`);
    await writeFile(file, keyring);
    keyrings.push("--keyring", file);
  }
  const { stdout } = await run(["gpgv", "--homedir", home, "--status-fd", "1", ...keyrings, ...args], {
    signal,
    timeoutMs: GPGV_TIMEOUT_MS,
  }).catch((error) => {
    throw isImageError(error) && error.kind === "tools" ? noGpgv(what, error) : error;
  });
  const verdict = readStatus(
    stdout,
    keys.map(({ fingerprint }) => fingerprint),
  );
  if (verdict.good) return { fingerprint: verdict.fingerprint, madeAt: new Date(verdict.madeAt * 1000) };
  throw refused(verdict.problem, what, keys);
}

function noGpgv(what: string, cause: unknown): ImageError {
  return new ImageError("tools", `The signature of ${withoutSecrets(what)} cannot be checked: gpgv is not installed.`, {
    why: "An image whose publisher signs it is not taken unchecked.",
    next: ["apt install gpgv · dnf install gnupg2 · zypper install gpg2 · pacman -S gnupg"],
    cause,
  });
}

type Words = { readonly message: (what: string) => string; readonly why: string };

const WORDS: Readonly<Record<SignatureProblem, Words>> = {
  missing: {
    message: (what) => `${what} carries no signature.`,
    why: "Its publisher signs it: without that, anybody may have written it.",
  },
  changed: {
    message: (what) => `${what} is not what its publisher signed.`,
    why: "It was changed after it was signed, or its signature was.",
  },
  "wrong-key": {
    message: (what) => `${what} is signed by another key than its publisher's.`,
    why: "Somebody else signed it, or the publisher has a new key that this hutch does not know.",
  },
  "key-expired": {
    message: (what) => `${what} is signed by a key that has expired.`,
    why: "Its publisher does not vouch for that key any more, or this hutch is too old to know that it was prolonged.",
  },
  "signature-expired": {
    message: (what) => `The signature of ${what} has expired.`,
    why: "Its publisher vouched for it only up to a day that has passed.",
  },
  "key-revoked": {
    message: (what) => `${what} is signed by a key that was revoked.`,
    why: "Its publisher has taken that key back: it may be in the hands of others.",
  },
  weak: {
    message: (what) => `The signature of ${what} is over a digest that can be forged.`,
    why: "It uses MD5, SHA-1 or RIPEMD-160.",
  },
};

function refused(problem: SignatureProblem, what: string, keys: readonly PinnedKey[]): ImageError {
  const { message, why } = WORDS[problem];
  const shown = withoutSecrets(what);
  const pinned = keys.map(({ fingerprint }) => fingerprint).join(" or ");
  return new ImageError("signature", message(shown), {
    why: `${why} The key must be ${pinned}.`,
    next: ["Try again later, or from another mirror.", "Look for a newer hutch: it may know the publisher's new key."],
  });
}
