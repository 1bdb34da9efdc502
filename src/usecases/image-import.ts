/** Files and addresses that the user names, on their way into the store. */
import { createHash } from "node:crypto";
import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Digest, download, hashFile, isImageError, withoutSecrets } from "#images";
import { isImageName } from "../core/bake.ts";
import { HutchError } from "../core/errors.ts";
import type { Arch } from "../core/machine/spec.ts";
import { shellWord } from "../core/shell-word.ts";
import type { BaseImage } from "../host/image-label.ts";
import type { Pool } from "../host/pool.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { withImageErrors } from "./image-errors.ts";
import { intoPool } from "./image-store.ts";
import { fetchOnce } from "./shared-fetch.ts";

export type ImportWhat = {
  /** A path, or an http or https address. */
  readonly from: string;
  readonly name: string;
  readonly arch: Arch;
  readonly digest: Digest | undefined;
};

const ADDRESS = /^https?:\/\//i;

/**
 * What a file or an address is called in the store, unless something else is said: its own name without its endings, and with
 * hyphens for what no name has.
 */
export function importName(from: string): string {
  const path = ADDRESS.test(from) && URL.canParse(from) ? new URL(from).pathname.replace(/%../g, "-") : from;
  const file = path.replace(/^.*\//, "").replace(/\.(xz|gz|zst|bz2)$/i, "");
  const name = file.replace(/(?!^)\.[^.]*$/, "").replace(/(\.(qcow2|img|raw))+$/, "");
  return name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+|-+$/g, "");
}

/** What can be known before anything is made. E_USAGE for a name, a digest, an address or a file that is none, E_NOT_FOUND. */
export function assertImportable({ from, name, digest }: Pick<ImportWhat, "from" | "name" | "digest">): void {
  assertPlace(from);
  if (!isImageName(name)) {
    throw new HutchError({
      code: "E_USAGE",
      message: `"${name}" cannot be an image's name.`,
      next: ["Use letters, digits, dots and hyphens: --name my-image"],
    });
  }
  if (ADDRESS.test(from)) {
    if (digest === undefined) assertEncrypted(from);
    return;
  }
  const facts = statSync(from, { throwIfNoEntry: false });
  if (facts?.isFile()) return;
  throw new HutchError({
    code: facts === undefined ? "E_NOT_FOUND" : "E_USAGE",
    message:
      facts === undefined ? `There is no image file ${from}.` : `${from} is ${kindOf(facts)}, and no image file.`,
    next: [
      ...(facts?.isBlockDevice()
        ? [`qemu-img convert -f raw -O qcow2 ${shellWord(from)} disk.qcow2: makes a file of it`]
        : []),
      "hutch image import FILE: qcow2, raw, vmdk, vdi, vhd, vhdx or ova",
      "hutch image find: what needs no file",
    ],
  });
}

function kindOf(facts: Stats): string {
  if (facts.isDirectory()) return "a folder";
  return facts.isFIFO() ? "a pipe" : facts.isSocket() ? "a socket" : "a device";
}

/** E_USAGE for what is neither `sha256:…` nor `sha512:…` of the right length. */
export function parseDigest(text: string): Digest {
  const [, algorithm, hex = ""] = /^(sha256|sha512):([0-9a-f]+)$/i.exec(text.trim().toLowerCase()) ?? [];
  if (algorithm === "sha256" && hex.length === 64) return { algorithm, hex };
  if (algorithm === "sha512" && hex.length === 128) return { algorithm, hex };
  throw new HutchError({
    code: "E_USAGE",
    message: `"${text}" is no digest.`,
    why: "A digest is sha256: and 64 digits, or sha512: and 128.",
    next: ["sha256sum FILE prints one: --digest sha256:…"],
  });
}

/**
 * Over http only what has a digest is taken: anybody on the way could change it. Over https it may have none; that it was not
 * verified stays written with the image. For what was found importable; E_IMAGE as `download` and `makeUsable`.
 */
export async function importWhatever(ctx: Context, pool: Pool, what: ImportWhat, step: StepScope): Promise<BaseImage> {
  const { from, name, arch, digest } = what;
  if (ADDRESS.test(from)) return importAddress(ctx, pool, what, step);
  return withImageErrors(async () => {
    if (digest !== undefined) await assertDigest(from, digest, step.signal);
    const trust = digest === undefined ? "a file of yours" : "a file of yours, with the digest that you gave";
    // Whole, for whoever wants the file again from another folder.
    const origin = { kind: "imported", from: resolve(from) } as const;
    return intoPool(ctx, pool, from, { name, trust, arch, origin }, step);
  });
}

async function importAddress(
  ctx: Context,
  pool: Pool,
  { from, name, arch, digest }: ImportWhat,
  step: StepScope,
): Promise<BaseImage> {
  const { signal } = step;
  const shown = withoutSecrets(from);
  const fetch = async (file: string): Promise<BaseImage> => {
    const came = await download(digest === undefined ? { url: from } : { url: from, digest }, file, {
      signal,
      onProgress: (done, total) => step.progress(done, total, "bytes"),
    }).catch((error: unknown) => {
      throw isImageError(error) && error.kind === "digest-mismatch" ? otherDigest(shown, error.why) : error;
    });
    const { host } = new URL(from);
    const { algorithm, hex } = came.digest;
    if (digest === undefined) step.note(`Not verified: ${algorithm} is ${hex}.`, "warn");
    const trust =
      digest === undefined ? `from ${host} over https; not verified` : `from ${host}, with the digest that you gave`;
    const about = { name, trust, arch, origin: { kind: "imported", from: shown } } as const;
    return intoPool(ctx, pool, file, about, step, algorithm === "sha256" ? hex : undefined);
  };
  // The same address goes on where it was cut; two addresses never share a file.
  const cached = `import-${createHash("sha256").update(from).digest("hex").slice(0, 24)}`;
  // What an address holds today nobody knows before it has come.
  const stored = async () => undefined;
  return withImageErrors(() => fetchOnce(ctx, { name: cached, stored, fetch }, step));
}

async function assertDigest(file: string, digest: Digest, signal: AbortSignal): Promise<void> {
  const hex = await hashFile(file, signal, digest.algorithm);
  if (hex === digest.hex) return;
  throw otherDigest(file, `Its ${digest.algorithm} should be ${digest.hex} and is ${hex}.`);
}

function otherDigest(what: string, why: string | undefined): HutchError {
  return new HutchError({
    code: "E_IMAGE",
    message: `${what} does not have the digest that you gave.`,
    ...(why === undefined ? {} : { why }),
    details: { kind: "digest-mismatch" },
    next: ["Get the file again, or look at the digest."],
  });
}

function assertPlace(from: string): void {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(from) ?? [];
  if (scheme === undefined || (ADDRESS.test(from) && URL.canParse(from))) return;
  const shown = withoutSecrets(from);
  throw new HutchError({
    code: "E_USAGE",
    message: `${shown} is no address that an image can be imported from.`,
    next:
      scheme === "oci"
        ? [`hutch image pull ${shown}`]
        : ["hutch image import https://HOST/FILE", "hutch image import FILE"],
  });
}

function assertEncrypted(from: string): void {
  if (/^https:/i.test(from)) return;
  const shown = withoutSecrets(from);
  throw new HutchError({
    code: "E_USAGE",
    message: `${shown} is not encrypted: say which digest the file must have.`,
    why: "Anybody on the way could put another file in its place.",
    next: [`hutch image import ${shown} --digest sha256:…`],
  });
}
