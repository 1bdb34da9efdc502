/** The store as a user sees it, and the ways into it and out. */
import { findImage, imageWord } from "#images";
import { isStale } from "../core/bake.ts";
import { HutchError } from "../core/errors.ts";
import type { ImageRow, PowerResult } from "../core/requests.ts";
import { listBases, removeBase } from "../host/base-images.ts";
import { hostCapabilities } from "../host/capabilities.ts";
import type { BaseImage } from "../host/image-label.ts";
import { listMachines } from "../host/machines.ts";
import { ensurePool, findPool, type Pool } from "../host/pool.ts";
import { type Operation, type StepScope, startOperation } from "../ops/operation.ts";
import { withDigest } from "./baked-image.ts";
import type { Context } from "./context.ts";
import { buildBase, ensureImage, importFile } from "./image-store.ts";
import { operationEnvironment } from "./operation-environment.ts";

export async function imageRows(ctx: Context): Promise<readonly ImageRow[]> {
  const pool = await findPool(ctx.client);
  if (pool === null) return [];
  const machines = await listMachines(ctx.client);
  const bases = await listBases(ctx.client, pool);
  return bases.map((base) => rowOf(base, machines, bases));
}

/** Fetched anew even when an older one of that name is in the store: the newest is what `launch` takes. `NAME@BUILD` takes one build. */
export function pull(
  ctx: Context,
  name: string,
  options: { readonly buildIfUnreachable?: boolean },
): Operation<ImageRow> {
  return intoStore(ctx, "image.pull", `Pull ${name}`, name, async (pool, step) => {
    const entry = findImage(name);
    if ("suggestions" in entry) throw unknownImage(name, entry.suggestions);
    const { arch } = await hostCapabilities(ctx.client);
    return ensureImage(
      ctx,
      pool,
      { kind: "catalogue", entry, build: imageWord(name).build },
      { arch, buildIfUnreachable: options.buildIfUnreachable ?? false },
      step,
    );
  });
}

export function build(ctx: Context, name: string): Operation<ImageRow> {
  return intoStore(ctx, "image.build", `Build ${name}`, name, (pool, step) => {
    const entry = findImage(name);
    if ("suggestions" in entry) throw unknownImage(name, entry.suggestions);
    return buildBase(ctx, pool, entry.name, step);
  });
}

export function importImage(ctx: Context, file: string, options: { readonly name?: string }): Operation<ImageRow> {
  const name = options.name ?? file.replace(/^.*\//, "").replace(/\.[^.]*$/, "");
  return intoStore(ctx, "image.import", `Import ${file}`, name, async (pool, step) => {
    const { arch } = await hostCapabilities(ctx.client);
    return importFile(ctx, pool, file, name, arch, step);
  });
}

/** Refuses (E_CONFLICT) what a VM stands on, trashed ones too. */
export function removeImages(ctx: Context, names: readonly string[]): Operation<readonly PowerResult[]> {
  return startOperation(
    operationEnvironment(ctx),
    { kind: "image.rm", title: `Remove ${names.join(", ")}`, subject: names.join(",") },
    async (op) => {
      const rows = await imageRows(ctx);
      const wanted = names.map((name) => {
        const row = rows.find(
          (candidate) => candidate.name === name || candidate.digest === name || candidate.volume === name,
        );
        if (row === undefined)
          throw new HutchError({
            code: "E_NOT_FOUND",
            message: `There is no image ${name} in the store.`,
            next: ["hutch image ls"],
          });
        if (row.usedBy.length > 0) {
          throw new HutchError({
            code: "E_CONFLICT",
            message: `${name} is the base of ${row.usedBy.join(", ")}.`,
            why: "Their disks hold only what differs from it.",
            next: [`hutch delete ${row.usedBy.join(" ")} --purge`],
          });
        }
        return row;
      });
      const pool = await findPool(ctx.client);
      if (pool === null) return [];
      for (const row of wanted)
        await op.step(`rm ${row.volume}`, `Remove ${row.name}`, () => removeBase(ctx.client, pool, row.volume));
      return wanted.map(({ name }) => ({ name, done: true, message: "removed", warnings: [] }));
    },
  );
}

function intoStore(
  ctx: Context,
  kind: string,
  title: string,
  subject: string,
  get: (pool: Pool, step: StepScope) => Promise<BaseImage>,
): Operation<ImageRow> {
  return startOperation(operationEnvironment(ctx), { kind, title, subject }, async (op) => {
    const pool = await op.step("pool", "Open the pool", () => ensurePool(ctx.client, ctx.home, ctx.paths));
    const base = await op.step("image", title, (step) => get(pool, step));
    return rowOf(base, await listMachines(ctx.client), await listBases(ctx.client, pool));
  });
}

export function rowOf(
  base: BaseImage,
  machines: Awaited<ReturnType<typeof listMachines>>,
  stored: readonly BaseImage[],
): ImageRow {
  const usedBy = machines.filter(({ record }) => record?.image?.volume === base.volume).map(({ name }) => name);
  return {
    name: base.name,
    digest: `sha256:${base.sha256}`,
    volume: base.volume,
    bytes: base.bytes,
    virtualBytes: base.virtualBytes,
    trust: base.trust,
    arch: base.arch,
    origin: base.origin,
    addedAt: base.addedAt,
    usedBy,
    stale: isStale(withDigest(base), stored.map(withDigest)),
  };
}

export function unknownImage(name: string, suggestions: readonly string[]): HutchError {
  return new HutchError({
    code: "E_NOT_FOUND",
    message: `There is no image "${name}" in the catalogue.`,
    next: [...suggestions.map((near) => `Did you mean ${near}?`), "hutch image find"],
  });
}
