/** The store: base images as immutable volumes of the pool. Getting one there, whichever way its bytes come. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import {
  assertUsable,
  buildImage,
  download,
  hashFile,
  inspectImage,
  isImageError,
  type ResolvedImage,
  resolveImage,
  verifyImage,
} from "#images";
import { HutchError } from "../core/errors.ts";
import type { ImageOrigin } from "../core/image.ts";
import type { Arch } from "../core/machine/spec.ts";
import { importBase, listBases } from "../host/base-images.ts";
import type { BaseImage } from "../host/image-label.ts";
import type { Pool } from "../host/pool.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { assertNoDowngrade } from "./image-downgrade.ts";
import { type ImageSource, storeName } from "./image-source.ts";

type Published = Extract<ImageSource, { kind: "catalogue" }>;

export type EnsureOptions = { readonly arch: Arch; readonly buildIfUnreachable: boolean };

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
    return await pullImage(ctx, pool, source, options.arch, step);
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
async function pullImage(ctx: Context, pool: Pool, source: Published, arch: Arch, step: StepScope): Promise<BaseImage> {
  const { entry } = source;
  mkdirSync(ctx.paths.imageCache, { recursive: true });
  const stored = await listBases(ctx.client, pool);
  const accept = (resolved: ResolvedImage): void => {
    if (source.build === null) assertNoDowngrade(stored, resolved, entry, arch);
  };
  const { resolved, file, sha256 } = await downloadResolved(ctx, source, arch, accept, step);
  const { trust, signedBy } = await checkOwnSignature(resolved, file, step);
  step.note(trust);
  const origin: ImageOrigin = {
    kind: "published",
    entry: entry.name,
    url: resolved.url,
    digest: `${resolved.digest.algorithm}:${resolved.digest.hex}`,
    signedBy,
    version: resolved.version,
  };
  const about = { name: storeName(entry, source.build), sha256, trust, arch, origin };
  const base = await intoPool(ctx, pool, file, about, step);
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

/** "Latest" may move between its digest and its bytes: a first mismatch is resolved anew, a second is refused. */
async function downloadResolved(
  ctx: Context,
  source: Published,
  arch: Arch,
  accept: (resolved: ResolvedImage) => void,
  step: StepScope,
  again = true,
) {
  const { signal } = step;
  const resolved = await resolveImage(source.entry, arch, {
    signal,
    build: source.build,
    ...(ctx.config.imageMirror === undefined ? {} : { baseUrl: ctx.config.imageMirror }),
  });
  accept(resolved);
  const file = join(ctx.paths.imageCache, resolved.name);
  try {
    const { sha256 } = await download(resolved, file, {
      signal,
      onProgress: (done, total) => step.progress(done, total, "bytes"),
    });
    return { resolved, file, sha256 };
  } catch (error) {
    if (!again || !isImageError(error) || error.kind !== "digest-mismatch") throw error;
    step.note(`${error.message} Looking again, it may have been replaced meanwhile.`, "warn");
    return downloadResolved(ctx, source, arch, accept, step, false);
  }
}

/** The same release from Debian packages, built here. */
export async function buildBase(ctx: Context, pool: Pool, name: string, step: StepScope): Promise<BaseImage> {
  return withImageErrors(async () => {
    mkdirSync(ctx.paths.imageCache, { recursive: true });
    const workDir = mkdtempSync(join(ctx.paths.imageCache, "build-"));
    try {
      const built = await buildImage(name, {
        targetFile: join(workDir, `${name}.qcow2`),
        workDir,
        signal: step.signal,
        onNote: (line) => step.note(line, "guest"),
      });
      return await intoPool(
        ctx,
        pool,
        built.file,
        {
          name,
          sha256: built.sha256,
          trust: "built here from Debian's signed packages",
          arch: "x86_64",
          origin: { kind: "built", entry: name, tree: `sha256:${built.treeSha256}` },
        },
        step,
      );
    } finally {
      rmSync(workDir, { recursive: true, force: true });
    }
  });
}

export async function importFile(
  ctx: Context,
  pool: Pool,
  path: string,
  name: string,
  arch: Arch,
  step: StepScope,
): Promise<BaseImage> {
  return withImageErrors(async () => {
    const sha256 = await hashFile(path, step.signal);
    const origin: ImageOrigin = { kind: "imported", from: path };
    return intoPool(ctx, pool, path, { name, sha256, trust: "a file of yours", arch, origin }, step);
  });
}

export async function intoPool(
  ctx: Context,
  pool: Pool,
  file: string,
  about: Pick<BaseImage, "name" | "sha256" | "trust" | "arch" | "origin">,
  step: StepScope,
): Promise<BaseImage> {
  const facts = await inspectImage(file);
  assertUsable(facts);
  return importBase(ctx.client, pool, file, {
    ...about,
    format: facts.format === "raw" ? "raw" : "qcow2",
    virtualBytes: facts.virtualSizeBytes,
    addedAt: new Date(ctx.now()).toISOString(),
    signal: step.signal,
    onProgress: (done, total) => step.progress(done, total, "bytes"),
  });
}

/** The image room's errors in the house's words: they carry their own why and next. */
export async function withImageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isImageError(error)) throw error;
    throw new HutchError(
      {
        code: "E_IMAGE",
        message: error.message,
        ...(error.why === undefined ? {} : { why: error.why }),
        next: error.next.length > 0 ? error.next : ["hutch image find: what there is to launch"],
        details: { kind: error.kind },
      },
      error,
    );
  }
}
