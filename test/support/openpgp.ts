import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./tool.ts";

/** Day on which keys of tests were made, so that they can have expired since. */
const LONG_AGO = "20200101T000000";

/** A throw-away publisher: a key of its own, and signatures by it. */
export type Publisher = {
  readonly fingerprint: string;
  /** The public half as a binary keyring, the way hutch ships keys. */
  readonly keyring: string;
  /** The same, armoured, the way publishers show keys. */
  readonly armoured: string;
  detached(text: string | Buffer): Promise<Buffer>;
  clearsigned(text: string): Promise<Buffer>;
  /** A text and its signature in one packet stream: no detached signature, though it looks like a file of one. */
  wrapped(text: string): Promise<Buffer>;
  /** Takes the key back; the keyring knows it from then on. */
  revoke(): Promise<void>;
};

export type PublisherOptions = {
  /** Made in 2020, for one year. */
  readonly keyExpired?: boolean;
  /** Signed in 2020, for one day. */
  readonly signatureExpired?: boolean;
  readonly digest?: "SHA1" | "SHA512";
};

/** Makes a key below `dir`. */
export async function makePublisher(
  dir: string,
  { keyExpired = false, signatureExpired = false, digest = "SHA512" }: PublisherOptions = {},
): Promise<Publisher> {
  const home = join(dir, "gnupg");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const then = keyExpired || signatureExpired ? ["--faked-system-time", LONG_AGO] : [];
  const gpg = (...args: readonly string[]) =>
    runTool([
      "gpg",
      "--batch",
      "--quiet",
      "--yes",
      "--homedir",
      home,
      "--pinentry-mode",
      "loopback",
      "--passphrase",
      "",
      ...args,
    ]);
  await gpg(
    ...then,
    "--quick-generate-key",
    "Publisher <images@example.invalid>",
    "rsa2048",
    "sign",
    keyExpired ? "1y" : "never",
  );
  const listing = await gpg("--list-keys", "--with-colons");
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1];
  if (fingerprint === undefined) throw new Error(`gpg told no fingerprint: ${listing}`);
  const keyring = join(dir, `${fingerprint}.gpg`);
  const armoured = join(dir, `${fingerprint}.asc`);
  const save = async (): Promise<void> => {
    await gpg("--output", keyring, "--export", fingerprint);
    await gpg("--armor", "--output", armoured, "--export", fingerprint);
  };
  const stop = () => runTool(["gpgconf", "--homedir", home, "--kill", "all"]);
  await save();
  await stop();

  const sign = async (text: string | Buffer, how: string): Promise<Buffer> => {
    const [file, signed] = [join(dir, "to-sign"), join(dir, "signed")];
    await writeFile(file, text);
    const limit = signatureExpired ? ["--default-sig-expire", "1d"] : [];
    await gpg(...then, ...limit, "--digest-algo", digest, "--output", signed, how, file);
    // gpg leaves an agent behind, which would outlive the test.
    await stop();
    return readFile(signed);
  };
  return {
    fingerprint,
    keyring,
    armoured,
    detached: (text) => sign(text, "--detach-sign"),
    clearsigned: (text) => sign(text, "--clearsign"),
    wrapped: (text) => sign(text, "--sign"),
    revoke: async () => {
      const file = join(home, "openpgp-revocs.d", `${fingerprint}.rev`);
      const certificate = await readFile(file, "utf8");
      // gpg puts a colon before the armour, lest somebody imports it by accident.
      await writeFile(file, certificate.replace(/^:-----BEGIN/m, "-----BEGIN"));
      await gpg("--import", file);
      await save();
      await stop();
    },
  };
}
