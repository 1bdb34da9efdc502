import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/**
 * The publishers' keys that hutch brings along, by full primary fingerprint: each is a binary keyring beside this file, named
 * by it. Where they came from is in `README.md` here; a test holds each file against its name.
 */
const SHIPPED: ReadonlySet<string> = new Set([
  "1B9A16984A4E8CB448712D2AE0B78BF4326C6F8F",
  "21CB256AE16FC54C6E652949702D426D350D275D",
  "36F612DCF27F7D1A48A835E4DBFCF71C6D9F90A6",
  "4F50A6114CD5C6976A7F1179655A4B02F577861E",
  "AD485664E901B867051AB15F35A2F86E29B700A4",
  "BF18AC2876178908D6E71267D36CB86CB86B3716",
  "C6E7F081CF80E13146676E88829B606631645531",
  "D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81",
  "EE6DB7B98F5BF5EDD9DA0DE5DEE5C11CC2A1E572",
  "F88CFEDEFF29A5B4D9523864E25D9AED0593B34A",
  "FC226859C0860BF0DDB95B085B106C736FEDFC85",
]);

/** Who may sign, and a binary keyring with that key. */
export type PinnedKey = { readonly fingerprint: string; readonly keyring: Buffer };

export function isShipped(fingerprint: string): boolean {
  return SHIPPED.has(fingerprint);
}

/** Those of these keys that hutch has. */
export function shippedKeys(fingerprints: readonly string[]): Promise<readonly PinnedKey[]> {
  return Promise.all(
    fingerprints.filter(isShipped).map(async (fingerprint) => ({
      fingerprint,
      keyring: await readFile(keyFile(fingerprint)),
    })),
  );
}

/** In the bundle every file is beside its code. */
function keyFile(fingerprint: string): string {
  return fileURLToPath(new URL(`./${fingerprint}.gpg`, import.meta.url));
}
