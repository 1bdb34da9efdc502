/** The store: base images as immutable volumes of the pool. Getting one there, whichever way its bytes come. */
import { basename, join } from "node:path";
import {
  buildImage,
  download,
  extractContainerDisk,
  findContainerDisk,
  hashFile,
  isImageError,
  makeUsable,
  type Reference,
  type ResolvedImage,
  resolveFromMirror,
  resolveImage,
  withoutSecrets,
} from "#images";
import { HutchError } from "../core/errors.ts";
import type { ImageOrigin } from "../core/image.ts";
import { foundation } from "../core/image-trust.ts";
import type { Arch } from "../core/machine/spec.ts";
import { importBase, listBases, relabelBase } from "../host/base-images.ts";
import { sweepDeadImports } from "../host/dead-imports.ts";
import type { BaseImage } from "../host/image-label.ts";
import type { Pool } from "../host/pool.ts";
import { registryLogin } from "../host/registry-login.ts";
import type { StepScope } from "../ops/operation.ts";
import { type Context, timestamp } from "./context.ts";
import { makeWayIfDamaged } from "./damaged-image.ts";
import { assertNoDowngrade } from "./image-downgrade.ts";
import { elsewhere, namedBySource, withImageErrors, withOtherServers } from "./image-errors.ts";
import { withOwnSignature } from "./image-own-signature.ts";
import { type ImageSource, storeName } from "./image-source.ts";
import { aloneWith, fetchOnce } from "./shared-fetch.ts";
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
    if (!isImageError(error)) throw error;
    // What is built here is none of the publisher's builds.
    const replaceable = entry.buildable && source.build === null;
    if (source.build !== null && error.kind === "not-found") throw error;
    if (error.kind !== "unreachable" || !replaceable)
      throw withOtherServers(error, storeName(entry, source.build), replaceable);
    if (!options.buildIfUnreachable) {
      throw new HutchError(
        {
          code: "E_IMAGE",
          message: `${entry.name} cannot be downloaded: ${error.message}`,
          why: "The same release can be built here from Debian's packages in a few minutes.",
          details: { kind: "unreachable", buildable: true, image: entry.name },
          next: [
            `hutch image build ${entry.name}`,
            "With --yes (buildIfUnreachable in a program) hutch builds it by itself.",
          ],
        },
        error,
      );
    }
    step.note(`${error.message} Building ${entry.name} here from Debian's packages instead.`, "warn");
    return buildBase(ctx, pool, entry.name, step);
  }
}

/**
 * The publisher's, newest or by name: its signature checked where it has one, its digest always, and never an older "newest".
 * "Latest" may move between its digest and its bytes: a first mismatch is resolved anew, a second is refused.
 */
async function pullImage(
  ctx: Context,
  pool: Pool,
  source: Published,
  options: EnsureOptions,
  step: StepScope,
  isSecond = false,
): Promise<BaseImage> {
  const { entry, build } = source;
  const { arch, mirror } = options;
  const from = mirror ?? ctx.config.mirrors?.[entry.name] ?? ctx.config.mirrors?.[entry.distribution];
  const resolved = await resolvePublished(ctx, source, arch, from, step.signal);
  const assertNewest = async (image: ResolvedImage): Promise<void> => {
    if (build === null) assertNoDowngrade(await listBases(ctx.client, pool), image, entry, arch);
  };
  await assertNewest(resolved);
  const name = storeName(entry, build);
  const { algorithm, hex } = resolved.digest;
  const digest = `${algorithm}:${hex}`;
  const originOf = ({ url, version, signedBy, signedAt }: ResolvedImage): ImageOrigin => ({
    kind: "published",
    entry: entry.name,
    url: withoutSecrets(url),
    digest,
    signedBy,
    ...(signedAt === null ? {} : { signedAt }),
    version,
  });
  const stored = async () => {
    const base = (await listBases(ctx.client, pool)).find(
      (each) => each.name === name && each.origin?.kind === "published" && each.origin.digest === digest,
    );
    const now = { origin: originOf(resolved), trust: resolved.trust };
    // What was had at a mirror's word, and for which its publisher vouches now.
    return base !== undefined && foundation(now) > foundation(base)
      ? relabelBase(ctx.client, pool, { ...base, ...now }, ctx.paths)
      : base;
  };
  const fetch = async (file: string): Promise<BaseImage> => {
    const onProgress = (done: number, total: number | undefined) => step.progress(done, total, "bytes");
    await download(resolved, file, { signal: step.signal, onProgress });
    const known = await withOwnSignature(resolved, file, assertNewest, step.signal);
    step.note(known.trust);
    const about = { name, trust: known.trust, arch, origin: originOf(known) };
    return intoPool(ctx, pool, file, about, step, algorithm === "sha256" ? hex : undefined);
  };
  try {
    return await fetchOnce(ctx, { name: resolved.name, stored, fetch }, step);
  } catch (error) {
    if (isSecond || !isImageError(error) || error.kind !== "digest-mismatch") throw error;
    step.note(`${error.message} Looking again, it may have been replaced meanwhile.`, "warn");
    return pullImage(ctx, pool, source, options, step, true);
  }
}

async function resolvePublished(
  ctx: Context,
  { entry, build }: Published,
  arch: Arch,
  mirror: string | undefined,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { imageMirror } = ctx.config;
  const how = { build, signal, ...(imageMirror === undefined ? {} : { baseUrl: imageMirror }) };
  try {
    return await (mirror === undefined
      ? resolveImage(entry, arch, how)
      : resolveFromMirror(entry, arch, mirror, { build, signal }));
  } catch (error) {
    if (build === null || !isImageError(error) || error.kind !== "not-found") throw error;
    throw elsewhere(error, [
      `hutch image pull ${entry.name}: the newest build`,
      `hutch image info ${entry.name}: a build that there was`,
    ]);
  }
}

/** The disk in a container image. E_IMAGE as `findContainerDisk`, `download` and `extractContainerDisk`. */
async function pullReference(
  ctx: Context,
  pool: Pool,
  { reference, name }: { readonly reference: Reference; readonly name: string },
  { arch, plainHttp = false }: EnsureOptions,
  step: StepScope,
): Promise<BaseImage> {
  const { signal } = step;
  const authorization = registryLogin(reference.host, ctx.env, ctx.caller);
  return withImageErrors(async () => {
    const { manifest, layer } = await findContainerDisk(reference, arch, { signal, plainHttp, authorization });
    const stored = async () =>
      (await listBases(ctx.client, pool)).find(
        ({ origin }) =>
          origin?.kind === "registry" && origin.reference === reference.text && origin.manifest === manifest,
      );
    const fetch = async (file: string): Promise<BaseImage> => {
      const onProgress = (done: number, total: number | undefined) => step.progress(done, total, "bytes");
      await download(layer, file, { signal, onProgress });
      return inWorkFolder(ctx, async (folder) => {
        const disk = join(folder, "disk");
        await extractContainerDisk(file, disk, reference, signal);
        const trust = `from the registry ${reference.host}, unsigned; every byte belongs to ${manifest.slice(0, 19)}`;
        step.note(trust);
        const origin: ImageOrigin = { kind: "registry", reference: reference.text, manifest };
        return intoPool(ctx, pool, disk, { name, trust, arch, origin }, step);
      });
    };
    return fetchOnce(ctx, { name: `layer-${layer.digest.hex}`, stored, fetch }, step);
  });
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

/**
 * What the pool gets, once: whoever brings the same bytes at the same time, under whatever name, waits and shares them.
 * `sha256` of the file as it is, where that is known already.
 */
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
  return inWorkFolder(ctx, async (folder) => {
    const facts = await makeUsable(file, folder, { signal, onProgress, onNote: (text) => step.note(text) }).catch(
      (error: unknown) => Promise.reject(namedBySource(error, about.origin)),
    );
    const known = facts.file === file ? sha256 : undefined;
    const digest = known ?? (await hashFile(facts.file, signal));
    const unlock = await aloneWith(ctx.paths.imageCache, `sha256-${digest}.lock`, "storing the same bytes", step);
    try {
      await sweepDeadImports(ctx.client, pool, ctx.paths);
      const format = facts.format === "raw" ? "raw" : "qcow2";
      const what = {
        ...about,
        sha256: digest,
        format,
        virtualBytes: facts.virtualSizeBytes,
        addedAt: timestamp(ctx),
      } as const;
      await makeWayIfDamaged(ctx, pool, what, step);
      const { locks } = ctx.paths;
      return await importBase(ctx.client, pool, facts.file, what, { workFolder: folder, locks, signal, onProgress });
    } finally {
      await unlock();
    }
  });
}
