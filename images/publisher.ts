import type { Architecture, CatalogueEntry } from "./catalogue-entry.ts";
import { digestFrom, namesListed, soleDigestFrom } from "./digest-file.ts";
import type { PinnedKey } from "./keys/shipped.ts";
import { getSignature, verifyBytes, verifyClearsigned } from "./signature.ts";
import { getSmallFile, type SmallFile } from "./small-file.ts";

/** A publisher's list of digests, its signature checked where it has one. */
export type DigestList = {
  readonly url: string;
  /** Primary fingerprint of the key that signed it. */
  readonly signer?: string;
  /** When it was signed, else when the server says that it was changed. */
  readonly date: Date | null;
  readonly names: readonly string[];
  digestOf(name: string): string | undefined;
};

/** What is asked of the publisher of one image, or of its mirror. */
export type Publisher = {
  /** Where an address of the publisher's is fetched from. */
  at(address: string): string;
  /** A small file, fetched once however often it is asked for. */
  text(url: string): Promise<string>;
  /** The list of digests beside `url`, an image or its folder. Fails as `getSmallFile`, with `signature` or `tools`. */
  digests(url: string, name: string, build: string | null): Promise<DigestList>;
};

type PublisherOptions = {
  /** Where an address of the publisher's is fetched from. */
  readonly at: (address: string) => string;
  /** Who may sign, asked for when there is a signature. */
  readonly keys: () => Promise<readonly PinnedKey[]>;
  readonly signal: AbortSignal | undefined;
};

export function publisherOf(
  entry: CatalogueEntry,
  arch: Architecture,
  { at, keys, signal }: PublisherOptions,
): Publisher {
  const fetched = new Map<string, Promise<SmallFile>>();
  const file = (url: string): Promise<SmallFile> => {
    const known = fetched.get(url) ?? getSmallFile(url, signal);
    fetched.set(url, known);
    return known;
  };

  /** What of the list is vouched for, and by whom. */
  const checked = async (list: SmallFile): Promise<{ text: string; signer?: string; date: Date | null }> => {
    const { signature } = entry;
    const unchecked = { text: list.bytes.toString("utf8"), date: list.changedAt };
    if (signature === null) return unchecked;
    if (signature.kind === "detached" && signature.over === "image") return unchecked;
    const options = { keys: await keys(), what: list.url, signal };
    if (signature.kind === "clearsigned") {
      const { text, fingerprint, madeAt } = await verifyClearsigned(list.bytes, options);
      return { text, signer: fingerprint, date: madeAt };
    }
    const name = signature.file.replaceAll("{digests}", list.url.split("/").at(-1) ?? "");
    const detached = await getSignature(new URL(name, list.url).href, options);
    const { fingerprint, madeAt } = await verifyBytes(list.bytes, detached, options);
    return { text: unchecked.text, signer: fingerprint, date: madeAt };
  };

  return {
    at,
    text: async (url) => (await file(url)).bytes.toString("utf8"),
    digests: async (url, name, build) => {
      const { digests } = entry;
      if (digests.format === "index") return { url, date: null, names: [], digestOf: () => undefined };
      const list = digests.file
        .replaceAll("{file}", name)
        .replaceAll("{arch}", arch)
        .replaceAll("{build}", build ?? "");
      const found = await file(new URL(list, url).href);
      const { text, ...about } = await checked(found);
      return {
        url: found.url,
        ...about,
        names: namesListed(text),
        digestOf: (wanted) => {
          const how = [text, digests.format, digests.algorithm, wanted] as const;
          const isOfOneFile = digests.file.includes("{file}");
          return digestFrom(...how) ?? (isOfOneFile ? soleDigestFrom(...how) : undefined);
        },
      };
    },
  };
}
