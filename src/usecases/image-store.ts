/** The store: base images as immutable volumes of the pool. Getting one there, whichever way its bytes come. */
import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import {
  buildImage,
  download,
  hashFile,
  type ImageFacts,
  isImageError,
  makeUsable,
  pullContainerDisk,
  type Reference,
  type ResolvedImage,
  resolveFromMirror,
  resolveImage,
  verifyImage,
  withoutSecrets,
} from "#images";
import { HutchError } from "../core/errors.ts";
import type { ImageOrigin } from "../core/image.ts";
import type { Arch } from "../core/machine/spec.ts";
import { importBase, listBases } from "../host/base-images.ts";
import type { BaseImage } from "../host/image-label.ts";
import type { Pool } from "../host/pool.ts";
import { registryLogin } from "../host/registry-login.ts";
import type { StepScope } from "../ops/operation.ts";
import { type Context, timestamp } from "./context.ts";
import { assertNoDowngrade } from "./image-downgrade.ts";
import { withImageErrors } from "./image-errors.ts";
import { type ImageSource, storeName } from "./image-source.ts";
import { inWorkFolder } from "./work-folder.ts";

type Published = Extract<ImageSource, { kind: "catalogue" }>;

export type EnsureOptions = {
  readonly arch: Arch;
  readonly buildIfUnreachable: boolean;
  /** The config's when undefined. */
  readonly mirror?: string | undefined;
  readonly plainHttp?: boolean;
};

/** Makes sure the base image is in the pool; what is there already is not fetched again. E_IMAGE when it cannot be had. */
export async function ensureImage(
  ctx: Context,
  pool: Pool,
  source: ImageSource,
  options: EnsureOptions,
  step: StepScope,
): Promise<BaseImage> {
  if (source.kind === "store") {
    step.skip();
    return source.base;
  }
  if (source.kind === "file")
    return importFile(ctx, pool, source.path, basename(source.path).replace(/\.[^.]*$/, ""), options.arch, step);
  if (source.kind === "registry") return pullReference(ctx, pool, source, options, step);
  return withImageErrors(() => pullOrBuild(ctx, pool, source, options, step));
}

/** The publisher's image; built locally instead where its host cannot be reached and that is agreed to. */
async function pullOrBuild(
  ctx: Context,
  pool: Pool,
  source: Published,
  options: EnsureOptions,
  step: StepScope,
): Promise<BaseImage> {
  const { entry } = source;
  try {
    return await pullImage(ctx, pool, source, options, step);
  } catch (error) {
    // What is built here is none of the publisher's builds.
    const replaceable = entry.buildable && source.build === null;
    if (!isImageError(error) || error.kind !== "unreachable" || !replaceable) throw error;
    if (!options.buildIfUnreachable) {
      throw new HutchError(
        {
          code: "E_IMAGE",
          message: `${entry.name} cannot be downloaded: ${error.message}`,
          why: "The same release can be built here from Debian's packages in a few minutes.",
          details: { kind: "unreachable", buildable: true, image: entry.name },
          next: [`hutch image build ${entry.name}`, "Add --yes to let hutch build it by itself."],
        },
        error,
      );
    }
    step.note(`${error.message} Building ${entry.name} here from Debian's packages instead.`, "warn");
    return buildBase(ctx, pool, entry.name, step);
  }
}

/** The publisher's, newest or by name: its signature checked where it has one, its digest always, and never an older "newest". */
async function pullImage(
  ctx: Context,
  pool: Pool,
  source: Published,
  { arch, mirror }: EnsureOptions,
  step: StepScope,
): Promise<BaseImage> {
  const { entry } = source;
  mkdirSync(ctx.paths.imageCache, { recursive: true });
  const stored = await listBases(ctx.client, pool);
  const from = mirror ?? ctx.config.mirrors?.[entry.name] ?? ctx.config.mirrors?.[entry.distribution];
  const resolve = async (): Promise<ResolvedImage> => {
    const resolved = await resolvePublished(ctx, source, arch, from, step.signal);
    if (source.build === null) assertNoDowngrade(stored, resolved, entry, arch);
    return resolved;
  };
  const { resolved, file, digest } = await downloadResolved(ctx, resolve, step);
  const { trust, signedBy } = await checkOwnSignature(resolved, file, step);
  step.note(trust);
  const origin: ImageOrigin = {
    kind: "published",
    entry: entry.name,
    url: withoutSecrets(resolved.url),
    digest: `${resolved.digest.algorithm}:${resolved.digest.hex}`,
    signedBy,
    version: resolved.version,
  };
  const about = { name: storeName(entry, source.build), trust, arch, origin };
  const base = await intoPool(ctx, pool, file, about, step, digest.algorithm === "sha256" ? digest.hex : undefined);
  rmSync(file, { force: true });
  return base;
}

/** Where the publisher signs the image and not its digest. A file that it did not sign is removed. */
async function checkOwnSignature(
  { signature, url, trust, signedBy }: ResolvedImage,
  file: string,
  step: StepScope,
): Promise<{ readonly trust: string; readonly signedBy: string | null }> {
  if (signature === null) return { trust, signedBy };
  try {
    return await verifyImage(file, signature, url, step.signal);
  } catch (error) {
    if (isImageError(error) && error.kind === "signature") rmSync(file, { force: true });
    throw error;
  }
}

function resolvePublished(
  ctx: Context,
  { entry, build }: Published,
  arch: Arch,
  mirror: string | undefined,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { imageMirror } = ctx.config;
  if (mirror !== undefined) return resolveFromMirror(entry, arch, mirror, { build, signal });
  return resolveImage(entry, arch, { build, signal, ...(imageMirror === undefined ? {} : { baseUrl: imageMirror }) });
}

/** "Latest" may move between its digest and its bytes: a first mismatch is resolved anew, a second is refused. */
async function downloadResolved(ctx: Context, resolve: () => Promise<ResolvedImage>, step: StepScope, again = true) {
  const { signal } = step;
  const resolved = await resolve();
  const file = join(ctx.paths.imageCache, resolved.name);
  try {
    const { digest } = await download(resolved, file, {
      signal,
      onProgress: (done, total) => step.progress(done, total, "bytes"),
    });
    return { resolved, file, digest };
  } catch (error) {
    if (!again || !isImageError(error) || error.kind !== "digest-mismatch") throw error;
    step.note(`${error.message} Looking again, it may have been replaced meanwhile.`, "warn");
    return downloadResolved(ctx, resolve, step, false);
  }
}

/** The disk in a container image. E_IMAGE as `pullContainerDisk`. */
async function pullReference(
  ctx: Context,
  pool: Pool,
  { reference, name }: { readonly reference: Reference; readonly name: string },
  { arch, plainHttp = false }: EnsureOptions,
  step: StepScope,
): Promise<BaseImage> {
  return withImageErrors(() =>
    inWorkFolder(ctx, async (folder) => {
      const file = join(folder, "disk");
      const { manifest } = await pullContainerDisk(reference, arch, file, {
        signal: step.signal,
        plainHttp,
        authorization: registryLogin(reference.host, ctx.env, ctx.caller),
        onProgress: (done, total) => step.progress(done, total, "bytes"),
      });
      const trust = `from the registry ${reference.host}, unsigned; every byte belongs to ${manifest.slice(0, 19)}`;
      step.note(trust);
      const origin: ImageOrigin = { kind: "registry", reference: reference.text, manifest };
      return intoPool(ctx, pool, file, { name, trust, arch, origin }, step);
    }),
  );
}

/** The same release from Debian packages, built here. */
export async function buildBase(ctx: Context, pool: Pool, name: string, step: StepScope): Promise<BaseImage> {
  return withImageErrors(() =>
    inWorkFolder(ctx, async (workDir) => {
      const built = await buildImage(name, {
        targetFile: join(workDir, `${name}.qcow2`),
        workDir,
        signal: step.signal,
        onNote: (line) => step.note(line, "guest"),
      });
      const trust = "built here from Debian's signed packages";
      const origin: ImageOrigin = { kind: "built", entry: name, tree: `sha256:${built.treeSha256}` };
      const about = { name, trust, arch: "x86_64", origin } as const;
      return intoPool(ctx, pool, built.file, about, step, built.sha256);
    }),
  );
}

/** A file of whatever format that can be made an image of. E_IMAGE as `makeUsable`. */
export async function importFile(
  ctx: Context,
  pool: Pool,
  path: string,
  name: string,
  arch: Arch,
  step: StepScope,
): Promise<BaseImage> {
  const origin: ImageOrigin = { kind: "imported", from: path };
  return withImageErrors(() => intoPool(ctx, pool, path, { name, trust: "a file of yours", arch, origin }, step));
}

/** `sha256` of the file as it is, where that is known already. */
export async function intoPool(
  ctx: Context,
  pool: Pool,
  file: string,
  about: Pick<BaseImage, "name" | "trust" | "arch" | "origin">,
  step: StepScope,
  sha256?: string,
): Promise<BaseImage> {
  const { signal } = step;
  const onProgress = (done: number, total: number) => step.progress(done, total, "bytes");
  const send = async (facts: ImageFacts): Promise<BaseImage> =>
    importBase(ctx.client, pool, facts.file, {
      ...about,
      sha256: facts.file === file && sha256 !== undefined ? sha256 : await hashFile(facts.file, signal),
      format: facts.format === "raw" ? "raw" : "qcow2",
      virtualBytes: facts.virtualSizeBytes,
      addedAt: timestamp(ctx),
      signal,
      onProgress,
    });
  return inWorkFolder(ctx, async (folder) =>
    send(await makeUsable(file, folder, { signal, onProgress, onNote: (text) => step.note(text) })),
  );
}
