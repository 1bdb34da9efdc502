/** The catalogue as a user sees it: apart from the verbs, for it must be there at once. */
import { catalogue } from "#images";
import type { CatalogueRow } from "../core/requests.ts";
import { listBases } from "../host/base-images.ts";
import { findPool } from "../host/pool.ts";
import { type Context, type ContextOptions, groundOf, openContext } from "./context.ts";

/** Every image that can be had, and whether the store has it. */
export async function catalogueRows(ctx: Context): Promise<readonly CatalogueRow[]> {
  return rows(await storedNames(ctx));
}

/**
 * The same where libvirt is not installed or does not answer: what the store has is not known then. A host on the network is
 * not asked either, for the catalogue lies here. E_USAGE for a URI that is none, E_INVALID for a config file that cannot be
 * read.
 */
export async function catalogueAnywhere(options: ContextOptions): Promise<readonly CatalogueRow[]> {
  const { home } = await groundOf(options);
  return rows(home.remote ? null : await storedHere(options).catch(() => null));
}

async function storedHere(options: ContextOptions): Promise<ReadonlySet<string>> {
  const ctx = await openContext({ ...options, readonly: true });
  try {
    return await storedNames(ctx);
  } finally {
    await ctx.client.close();
  }
}

async function storedNames(ctx: Context): Promise<ReadonlySet<string>> {
  const pool = await findPool(ctx.client);
  return new Set((pool === null ? [] : await listBases(ctx.client, pool)).map(({ name }) => name));
}

function rows(stored: ReadonlySet<string> | null): readonly CatalogueRow[] {
  return catalogue().map(({ name, title, arches, user, trust, configuration, endOfLife, note }) => ({
    name,
    title,
    arches,
    user,
    trust,
    configuration,
    endOfLife,
    inStore: stored?.has(name) ?? null,
    note,
  }));
}
