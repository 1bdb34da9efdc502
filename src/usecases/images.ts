/** The store as a user sees it, and the ways into it and out. */
import { join } from "node:path";
import { findImage, imageWord, OCI_SCHEME, pushContainerDisk, withoutSecrets } from "#images";
import { HutchError } from "../core/errors.ts";
import { isMeantBy } from "../core/image.ts";
import type { ImportOptions, PullOptions, PushOptions, PushResult } from "../core/image-store.ts";
import type { ImageRow } from "../core/requests.ts";
import { shellWord } from "../core/shell-word.ts";
import { listBases } from "../host/base-images.ts";
import { hostCapabilities } from "../host/capabilities.ts";
import type { BaseImage } from "../host/image-label.ts";
import { listMachines } from "../host/machines.ts";
import { ensurePool, findPool, type Pool } from "../host/pool.ts";
import { registryLogin } from "../host/registry-login.ts";
import { type Operation, type StepScope, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { withImageErrors } from "./image-errors.ts";
import { assertImportable, importName, importWhatever, parseDigest } from "./image-import.ts";
import { type ImageSource, registrySource } from "./image-source.ts";
import { buildBase, ensureImage } from "./image-store.ts";
import { imageRow } from "./image-use.ts";
import { missingRelease, missingStored } from "./missing-image.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { inWorkFolder } from "./work-folder.ts";

export async function imageRows(ctx: Context): Promise<readonly ImageRow[]> {
  const pool = await findPool(ctx.client);
  if (pool === null) return [];
  const machines = await listMachines(ctx.client);
  const bases = await listBases(ctx.client, pool);
  return bases.map((base) => imageRow(base, machines, bases));
}

/**
 * A name of the catalogue (`NAME@BUILD` for one build), or `oci://…` of a registry. Fetched anew even when an older one of that name is in the store: the
 * newest is what `launch` takes.
 */
export function pull(ctx: Context, name: string, options: PullOptions): Operation<ImageRow> {
  return intoStore(ctx, "image.pull", `Pull ${name}`, name, async () => {
    const source = name.startsWith(OCI_SCHEME) ? await registrySource(name) : catalogueSource(name);
    const { arch } = await hostCapabilities(ctx.client);
    const { buildIfUnreachable = false, mirror, plainHttp = false } = options;
    return (pool, step) => ensureImage(ctx, pool, source, { arch, buildIfUnreachable, mirror, plainHttp }, step);
  });
}

function catalogueSource(name: string): ImageSource {
  const entry = findImage(name);
  if ("suggestions" in entry) throw missingRelease(name, entry.suggestions);
  return { kind: "catalogue", entry, build: imageWord(name).build };
}

export function build(ctx: Context, name: string): Operation<ImageRow> {
  return intoStore(ctx, "image.build", `Build ${name}`, name, async () => {
    const entry = findImage(name);
    if ("suggestions" in entry) throw missingRelease(name, entry.suggestions);
    if (!entry.buildable) throw notBuildable(entry.name);
    if (imageWord(name).build !== null) throw builtAsOfToday(name, entry.name);
    return (pool, step) => buildBase(ctx, pool, entry.name, step);
  });
}

/** A file or an address; see `assertImportable` and `importWhatever`. */
export function importImage(ctx: Context, from: string, options: ImportOptions): Operation<ImageRow> {
  const name = options.name ?? importName(from);
  return intoStore(ctx, "image.import", `Import ${withoutSecrets(from)}`, name, async () => {
    const digest = options.digest === undefined ? undefined : parseDigest(options.digest);
    assertImportable({ from, name, digest });
    const { arch } = await hostCapabilities(ctx.client);
    return (pool, step) => importWhatever(ctx, pool, { from, name, arch, digest }, step);
  });
}

/**
 * Puts an image of the store into a registry, in KubeVirt's layout. E_USAGE for an address by digest, E_NOT_FOUND, or E_IMAGE as
 * `pushContainerDisk`. Another hypervisor's host sends the bytes here first.
 */
export function push(ctx: Context, name: string, address: string, options: PushOptions): Operation<PushResult> {
  return startOperation(
    operationEnvironment(ctx),
    { kind: "image.push", title: `Push ${name}`, subject: name },
    async (op) => {
      const { reference } = await registrySource(address);
      if (reference.target.startsWith("sha256:")) throw pushedByDigest(name, address);
      const pool = await findPool(ctx.client);
      const bases = pool === null ? [] : await listBases(ctx.client, pool);
      const base = bases.find((each) => isMeantBy(name, { ...each, digest: `sha256:${each.sha256}` }));
      if (pool === null || base === undefined) {
        const canBePulled = !("suggestions" in findImage(name));
        throw missingStored(name, bases, canBePulled ? [`hutch image pull ${name}`] : []);
      }
      const arch = base.arch ?? (await hostCapabilities(ctx.client)).arch;
      return inWorkFolder(ctx, async (folder) => {
        const file = join(folder, "disk");
        await op.step("read", `Read ${name}`, (step) =>
          ctx.client.call("volume.download", { pool: pool.name, name: base.volume, file }, progressOf(step)),
        );
        return op.step("push", `Push to ${reference.host}`, async (step) => {
          const disk = { name: `${base.name}.${base.format === "raw" ? "img" : "qcow2"}`, arch };
          const how = {
            ...progressOf(step),
            plainHttp: options.plainHttp ?? false,
            authorization: registryLogin(reference.host, ctx.env, ctx.caller),
          };
          const { manifest } = await withImageErrors(() => pushContainerDisk(file, disk, reference, how));
          return { name, reference: address, manifest };
        });
      });
    },
  );
}

function progressOf(step: StepScope) {
  const onProgress = (done: number, total?: number) => step.progress(done, total, "bytes");
  return { signal: step.signal, onProgress };
}

/** `checked` looks at what was asked for; nothing is made before it is done. */
function intoStore(
  ctx: Context,
  kind: string,
  title: string,
  subject: string,
  checked: () => Promise<(pool: Pool, step: StepScope) => Promise<BaseImage>>,
): Operation<ImageRow> {
  return startOperation(operationEnvironment(ctx), { kind, title, subject }, async (op) => {
    const get = await checked();
    const pool = await op.step("pool", "Open the pool", () => ensurePool(ctx.client, ctx.home, ctx.paths));
    const base = await op.step("image", title, (step) => get(pool, step));
    return imageRow(base, await listMachines(ctx.client), await listBases(ctx.client, pool));
  });
}

function pushedByDigest(name: string, address: string): HutchError {
  return new HutchError({
    code: "E_USAGE",
    message: `Nothing can be pushed to ${address}: a push needs a tag.`,
    why: "The digest is what comes out of a push, and nobody can choose it.",
    next: [`hutch image push ${shellWord(name)} ${address.replace(/(:[^:@/]*)?@.*$/, "")}:TAG`],
  });
}

function builtAsOfToday(name: string, release: string): HutchError {
  return new HutchError({
    code: "E_USAGE",
    message: `${name} cannot be built: a build by name is the publisher's own.`,
    why: "What is built here is of today's packages.",
    next: [`hutch image pull ${shellWord(name)}`, `hutch image build ${release}`],
  });
}

function notBuildable(name: string): HutchError {
  return new HutchError({
    code: "E_IMAGE",
    message: `${name} cannot be built here, only downloaded.`,
    details: { kind: "unsupported" },
    next: [`hutch image pull ${name}`, "hutch image build debian-13"],
  });
}
