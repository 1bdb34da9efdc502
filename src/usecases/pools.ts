/** The host's storage pools: looked at, and a folder made one. */
import { stat } from "node:fs/promises";
import { posix } from "node:path";
import type { PoolRow } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { nearNames } from "../core/near.ts";
import type { PoolInfo, PoolSummary } from "../core/surroundings.ts";
import { libvirtMessage } from "../host/faults.ts";
import { attribute, parseXml, textAt } from "../host/xml.ts";
import { el, render } from "../host/xml-emit.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { undoOf } from "./undo-actions.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export async function poolRows(ctx: Context): Promise<readonly PoolSummary[]> {
  const rows = await ctx.client.call("pool.list", {});
  return rows.map(summaryOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** E_NOT_FOUND, with near names. */
export async function poolInfo(ctx: Context, name: string): Promise<PoolInfo> {
  const row = await ctx.client.call("pool.lookup", { name });
  if (row === null) {
    const names = (await ctx.client.call("pool.list", {})).map((pool) => pool.name);
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `There is no pool "${name}".`,
      next: [...nearNames(name, names).map((near) => `Did you mean "${near}"?`), "hutch pool ls"],
    });
  }
  const volumes = row.active ? await ctx.client.call("volume.list", { pool: name }) : [];
  return {
    ...summaryOf(row),
    uuid: row.uuid,
    volumes: volumes
      .map((volume) => ({
        name: volume.name,
        virtualBytes: volume.capacityBytes,
        usedBytes: volume.allocationBytes,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/**
 * A folder, made where it is not there, becomes a pool that starts with the host. `path` is of the hypervisor's host.
 * E_USAGE for a path that cannot be, E_CONFLICT for a name or folder that is taken, E_HOST when libvirt cannot use it.
 */
export function addPool(ctx: Context, name: string, path: string): Operation<PoolInfo> {
  const about = { kind: "pool.add", title: `Add the pool ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const { folder, isThere } = await op.step("check", "Check the folder", () => checked(ctx, name, path));
    await op.step("add", `Add ${folder}`, async (step) => {
      const uuid = ctx.newId();
      await step.undo(undoOf.pool(uuid, name, { folderMade: isThere === false }));
      const xml = el(
        "pool",
        { type: "dir" },
        el("name", {}, name),
        el("uuid", {}, uuid),
        el("target", {}, el("path", {}, folder)),
      );
      try {
        await ctx.client.call("pool.define", { xml: render(xml) }, { signal: step.signal });
        if (isThere !== true) await ctx.client.call("pool.build", { name, flags: 0 }, { signal: step.signal });
        await ctx.client.call("pool.start", { name }, { signal: step.signal });
        await ctx.client.call("pool.setAutostart", { name, autostart: true });
      } catch (error) {
        throw unusable(error, folder);
      }
    });
    return poolInfo(ctx, name);
  });
}

/** `isThere` is null where the hypervisor's host is another one: libvirt makes the folder unless it is there. */
async function checked(ctx: Context, name: string, path: string) {
  if (!NAME.test(name))
    throw refused(`"${name}" cannot be the name of a pool.`, [
      "Letters, digits, dots, hyphens and underscores, at most 63",
    ]);
  if (!path.startsWith("/"))
    throw refused(`${path}: a pool's folder is an absolute path.`, [`hutch pool add ${name} /srv/vms`]);
  const folder = posix.normalize(path).replace(/(.)\/$/, "$1");
  if (folder === "/") throw refused("/ is the whole host, no folder for a pool.", [`hutch pool add ${name} /srv/vms`]);
  for (const pool of await poolRows(ctx)) {
    if (pool.name === name) throw taken(`There is a pool ${name} already.`, [`hutch pool info ${name}`]);
    if (pool.path === folder)
      throw taken(`${folder} belongs to the pool ${pool.name} already.`, [`hutch pool info ${pool.name}`]);
    if (pool.type === "dir" && pool.path !== null && (inside(folder, pool.path) || inside(pool.path, folder)))
      throw taken(`${folder} and ${pool.path}, the folder of the pool ${pool.name}, lie in one another.`, [
        "Choose a folder beside it.",
      ]);
  }
  if (ctx.home.remote || ctx.home.driver === "test") return { folder, isThere: null };
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error.code === "ENOTDIR"
      ? refused(`${folder} leads through a file.`, ["Choose another folder."])
      : unusable(error, folder);
  });
  if (found?.isDirectory() === false) throw refused(`${folder} is a file, not a folder.`, ["Choose another folder."]);
  return { folder, isThere: found !== null };
}

function inside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

export function summaryOf(row: PoolRow): PoolSummary {
  const root = parseXml(row.xml, `the pool ${row.name}`);
  return {
    name: row.name,
    type: attribute(root, "type") ?? "",
    path: textAt(root, "target", "path"),
    active: row.active,
    autostart: row.autostart,
    capacityBytes: row.capacityBytes,
    usedBytes: row.allocationBytes,
    availableBytes: row.availableBytes,
  };
}

function refused(message: string, next: readonly string[]): HutchError {
  return new HutchError({ code: "E_USAGE", message, next });
}

function taken(message: string, next: readonly string[]): HutchError {
  return new HutchError({ code: "E_CONFLICT", message, next });
}

function unusable(error: unknown, folder: string): unknown {
  const said = libvirtMessage(error) || (error instanceof Error ? error.message : "");
  return new HutchError(
    {
      code: "E_HOST",
      message: `${folder} cannot be used as a pool.`,
      why: said,
      next: [`Look at the folder: ls -ld ${folder}`, "A session uses folders of its own user."],
    },
    error,
  );
}
