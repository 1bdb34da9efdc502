/** Images that nobody needs any more, out of the store: by name, or whatever is old. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { tryLockFile } from "#images";
import { HutchError } from "../core/errors.ts";
import { isMeantBy } from "../core/image.ts";
import type { PruneOptions, PrunePlan, PruneRow } from "../core/image-store.ts";
import { plural } from "../core/plural.ts";
import type { PowerResult } from "../core/requests.ts";
import { listBases, removeBase } from "../host/base-images.ts";
import { type DeadImport, findDeadImports, sweepDeadImports } from "../host/dead-imports.ts";
import { type BaseImage, listLabelled } from "../host/image-label.ts";
import { findPool } from "../host/pool.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { isFree, usersOf } from "./image-use.ts";
import { missingStored } from "./missing-image.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { FETCH_LOCK } from "./shared-fetch.ts";

const DAY_MS = 24 * 60 * 60_000;
const OLD_MS = 30 * DAY_MS;
/** A cut download is gone on with for so long. */
const PARTIAL_MS = DAY_MS;

/**
 * What the words mean: see `isMeantBy`. Refuses (E_CONFLICT) what a VM stands on, trashed ones too, or any other volume of the
 * pool; E_NOT_FOUND for a word that means nothing.
 */
export function removeImages(ctx: Context, names: readonly string[]): Operation<readonly PowerResult[]> {
  return startOperation(
    operationEnvironment(ctx),
    { kind: "image.rm", title: `Remove ${names.join(", ")}`, subject: names.join(",") },
    async (op) => {
      const pool = await findPool(ctx.client);
      const bases = pool === null ? [] : await listLabelled(ctx.client, pool);
      const wanted = [...new Set(names.flatMap((name) => buildsOf(name, bases)))];
      if (pool === null) return [];
      const users = await usersOf(ctx, pool);
      const going = new Set(wanted);
      for (const base of wanted) {
        const staysByName = bases.some((other) => other.volume === base.volume && !going.has(other));
        const used = users(base);
        const { machines, living, volumes } = used;
        if (staysByName || isFree(used)) continue;
        const free = wanted.filter((each) => each.volume !== base.volume && isFree(users(each)));
        throw new HutchError({
          code: "E_CONFLICT",
          message: `${base.name} is the base of ${(machines.length > 0 ? machines : volumes).join(", ")}.`,
          why: "Their disks hold only what differs from it.",
          next: [
            ...(machines.length > 0
              ? [
                  ...(living.length > 0 ? [`hutch delete ${living.join(" ")}`] : []),
                  `hutch purge ${machines.join(" ")}`,
                ]
              : volumes.map((volume) => `virsh vol-delete --pool ${pool.name} ${volume}`)),
            ...free.map(
              ({ sha256, name }) => `hutch image rm ${name}@sha256:${sha256}: only the ${name} that nobody uses`,
            ),
          ],
        });
      }
      for (const base of wanted)
        await op.step(`rm ${base.name} ${base.sha256}`, `Remove ${base.name}`, () =>
          removeBase(ctx.client, pool, base, ctx.paths),
        );
      return wanted.map(({ name }) => ({ name, done: true, message: "removed", warnings: [] }));
    },
  );
}

/** What `pruneImages` would remove now; changes nothing. */
export async function prunePlan(ctx: Context, options: PruneOptions): Promise<PrunePlan> {
  const { images, imports, partials } = await findPrunable(ctx, options);
  const rows = [...images.map(({ row }) => row), ...imports.map(importRow), ...partials.map(({ row }) => row)];
  return { rows, bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/**
 * Removes images that no VM, no volume and no running import needs: old ones, and those that a newer one of their name has
 * replaced; with them the pieces of downloads that nobody goes on with, and what killed imports and removals left in the pool.
 * Looks anew before it acts.
 */
export function pruneImages(ctx: Context, options: PruneOptions): Operation<PrunePlan> {
  return startOperation(
    operationEnvironment(ctx),
    { kind: "image.prune", title: "Prune the image store", subject: "images" },
    async (op) => {
      const gone: PruneRow[] = [];
      const pool = await findPool(ctx.client);
      const { images, partials } = await findPrunable(ctx, options);
      for (const { base, row } of images) {
        if (pool === null) break;
        await op.step(`rm ${base.name} ${base.sha256}`, `Remove ${base.name}`, async (step) => {
          const users = (await usersOf(ctx, pool))(base);
          if (users.machines.length + users.volumes.length > 0) return step.skip();
          await removeBase(ctx.client, pool, base, ctx.paths);
          gone.push(row);
        });
      }
      // Before the pieces: among those are the work folders by which the imports are known to be dead.
      if (pool !== null)
        await op.step("imports", "Remove what killed imports and removals left", async (step) => {
          const swept = await sweepDeadImports(ctx.client, pool, ctx.paths);
          if (swept.length === 0) step.skip();
          gone.push(...swept.map(importRow));
        });
      for (const { target, row } of partials) {
        await op.step(`rm ${row.name}`, `Remove ${row.name}`, async (step) => {
          if (await removePartial(target)) gone.push(row);
          else step.skip();
        });
      }
      return { rows: gone, bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0) };
    },
  );
}

/** E_NOT_FOUND when there is none. */
function buildsOf(word: string, bases: readonly Labelled[]): readonly Labelled[] {
  const found = bases.filter((base) => isMeantBy(word, { ...base, digest: `sha256:${base.sha256}` }));
  if (found.length === 0) throw missingStored(word, bases);
  return found;
}

/** With those whose bytes are gone: nothing else takes their label away. */
type Labelled = Awaited<ReturnType<typeof listLabelled>>[number];

type Prunable = {
  readonly images: readonly { readonly base: BaseImage; readonly row: PruneRow }[];
  readonly imports: readonly DeadImport[];
  readonly partials: readonly { readonly target: string; readonly row: PruneRow }[];
};

async function findPrunable(ctx: Context, options: PruneOptions): Promise<Prunable> {
  const pool = await findPool(ctx.client);
  const imports = pool === null ? [] : await findDeadImports(ctx.client, pool, ctx.paths);
  const partials = await findPartials(ctx, options);
  if (pool === null) return { images: [], imports, partials };
  const bases = await listBases(ctx.client, pool);
  const users = await usersOf(ctx, pool);
  const going = bases.flatMap((base) => {
    const why = reasonToGo(base, bases, ctx.now(), options);
    const { machines, volumes } = users(base);
    return why === null || machines.length + volumes.length > 0 ? [] : [{ base, why }];
  });
  const images = going.map(({ base, why }, index) => {
    // Bytes with several names go with the last of them.
    const isNamed = ({ volume }: BaseImage) => volume === base.volume;
    const stays = bases.some((other) => isNamed(other) && going.every((each) => each.base !== other));
    const isLast = going.findLastIndex((each) => isNamed(each.base)) === index;
    return {
      base,
      row: { name: base.name, digest: `sha256:${base.sha256}`, bytes: isLast && !stays ? base.bytes : 0, why },
    };
  });
  return { images, imports, partials };
}

function importRow({ volume, bytes }: DeadImport): PruneRow {
  return { name: volume, digest: null, bytes, why: "left by an import or a removal that was killed" };
}

/** Null when it stays. `bases` has the newest of a name first. */
function reasonToGo(
  base: BaseImage,
  bases: readonly BaseImage[],
  now: number,
  { olderThanMs = OLD_MS, all = false }: PruneOptions,
): string | null {
  if (all) return "unused";
  if (base.origin?.kind !== "published" && base.origin?.kind !== "registry") return null;
  const age = now - Date.parse(base.addedAt);
  if (Number.isNaN(age)) return null;
  if (age > olderThanMs) return `unused, ${plural(Math.floor(age / DAY_MS), "day")} old`;
  const newest = bases.find(({ name, arch }) => name === base.name && arch === base.arch);
  return newest === base || newest === undefined ? null : "unused, replaced by a newer one";
}

/** Files in the cache belong together by the name of what was to be made: the file itself, its part, and the memo of that. */
async function findPartials(ctx: Context, { all = false }: PruneOptions): Promise<Prunable["partials"]> {
  const folder = ctx.paths.imageCache;
  const names = await readdir(folder).catch(() => []);
  const targets = new Set(names.map((name) => name.replace(/(\.fetch)?\.lock$|\.part(\.json)?$/, "")));
  const found: { target: string; row: PruneRow }[] = [];
  for (const name of targets) {
    const target = join(folder, name);
    const { bytes, changedAt } = await weigh(target);
    if (!all && ctx.now() - changedAt < PARTIAL_MS) continue;
    const unlock = await lockPartial(target);
    if (unlock === undefined) continue;
    await unlock();
    // A lock that was left alone goes with that look.
    if (changedAt === 0) continue;
    found.push({ target, row: { name, digest: null, bytes, why: "left by a download or an import that ended" } });
  }
  return found;
}

const piecesOf = (target: string): readonly string[] => [target, `${target}.part`, `${target}.part.json`];

async function weigh(target: string): Promise<{ readonly bytes: number; readonly changedAt: number }> {
  let bytes = 0;
  let changedAt = 0;
  const add = async (path: string): Promise<void> => {
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined) return;
    changedAt = Math.max(changedAt, facts.mtimeMs);
    if (!facts.isDirectory()) bytes += facts.blocks * 512;
    else for (const name of await readdir(path).catch(() => [])) await add(join(path, name));
  };
  for (const piece of piecesOf(target)) await add(piece);
  return { bytes, changedAt };
}

/** False when somebody is at work on it again. */
async function removePartial(target: string): Promise<boolean> {
  const unlock = await lockPartial(target);
  if (unlock === undefined) return false;
  try {
    for (const piece of piecesOf(target)) await rm(piece, { recursive: true, force: true });
    return true;
  } finally {
    await unlock();
  }
}

/** Alone with what belongs to this file; undefined while somebody fetches it or works on it. */
async function lockPartial(target: string): Promise<(() => Promise<void>) | undefined> {
  const unlockFetch = await tryLockFile(`${target}${FETCH_LOCK}`);
  if (unlockFetch === undefined) return undefined;
  const unlock = await tryLockFile(`${target}.lock`);
  if (unlock === undefined) {
    await unlockFetch();
    return undefined;
  }
  return async () => {
    await unlock();
    await unlockFetch();
  };
}
