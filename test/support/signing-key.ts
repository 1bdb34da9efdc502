import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./tool.ts";

/** A key made for one test, in a keyring of its own. */
export type SigningKey = {
  readonly fingerprint: string;
  /** The public half, as a repository serves it. */
  readonly keyFile: string;
  /** `GNUPGHOME` of the keyring with the secret half. */
  readonly home: string;
};

/** Makes a key below `dir`. Old package managers know RSA only. */
export async function makeSigningKey(dir: string): Promise<SigningKey> {
  const home = join(dir, "gnupg");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const gpg = (...args: readonly string[]) => runTool(["gpg", "--batch", "--quiet", "--homedir", home, ...args]);
  await gpg(
    "--pinentry-mode",
    "loopback",
    "--passphrase",
    "",
    "--quick-generate-key",
    "Test <test@example.invalid>",
    "rsa2048",
    "sign",
    "never",
  );
  const listing = await gpg("--list-keys", "--with-colons");
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1];
  if (fingerprint === undefined) throw new Error(`gpg told no fingerprint: ${listing}`);
  const keyFile = join(dir, "key.asc");
  await gpg("--armor", "--output", keyFile, "--export");
  // gpg leaves an agent behind, which would outlive the test.
  await runTool(["gpgconf", "--homedir", home, "--kill", "all"]);
  return { fingerprint, keyFile, home };
}
