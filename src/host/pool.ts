/** The pool that everything hutch stores lies in: disks, seeds and base images, where the hypervisor can read them. */
import type { LibvirtClient, PoolRow } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { libvirtMessage } from "./faults.ts";
import type { Home } from "./home.ts";
import type { Paths } from "./paths.ts";
import { attribute, parseXml, textAt } from "./xml.ts";
import { el, render } from "./xml-emit.ts";

export type Pool = {
  readonly name: string;
  /** Its folder, as the hypervisor's host sees it. */
  readonly path: string;
  readonly capacityBytes: number;
  readonly availableBytes: number;
};

const NAME = "hutch";
const SYSTEM_PATH = "/var/lib/libvirt/images/hutch";

/** The pool if it is there and in use; changes nothing. */
export async function findPool(client: LibvirtClient): Promise<Pool | null> {
  const row = await client.call("pool.lookup", { name: NAME });
  return row?.active === true ? poolOf(row) : null;
}

/** The pool as it is, or as `ensurePool` would make it; changes nothing. */
export async function poolAt(client: LibvirtClient, home: Home, paths: Paths): Promise<Pool> {
  const row = await client.call("pool.lookup", { name: NAME });
  return row === null
    ? { name: NAME, path: plannedPath(home, paths), capacityBytes: 0, availableBytes: 0 }
    : poolOf(row);
}

/**
 * Makes and starts the pool where that is still to be done; a pool of that name that others made is used as it is. Safe
 * to run from several processes at once. E_HOST when its folder cannot be made or read.
 */
export async function ensurePool(client: LibvirtClient, home: Home, paths: Paths): Promise<Pool> {
  const found = await findPool(client);
  if (found !== null) return found;
  const path = plannedPath(home, paths);
  try {
    if ((await client.call("pool.lookup", { name: NAME })) === null) await define(client, path, home);
    await open(client);
  } catch (error) {
    throw cannotUse(error, path);
  }
  const row = await client.call("pool.lookup", { name: NAME });
  if (row === null)
    throw new HutchError({
      code: "E_CONFLICT",
      message: `The pool ${NAME} was removed by somebody else meanwhile.`,
      next: ["Try again."],
    });
  return poolOf(row);
}

async function define(client: LibvirtClient, path: string, home: Home): Promise<void> {
  const mode = home.mode === "session" ? "0700" : "0711";
  const xml = render(
    el(
      "pool",
      { type: "dir" },
      el("name", {}, NAME),
      el("target", {}, el("path", {}, path), el("permissions", {}, el("mode", {}, mode))),
    ),
  );
  await unlessDoneByOthers(
    client,
    (row) => row !== null,
    () => client.call("pool.define", { xml }),
  );
  await client.call("pool.setAutostart", { name: NAME, autostart: true });
}

/** Whoever defined it may not have got to its folder yet, or never will. Other kinds of pools are never built: that may be to format. */
async function open(client: LibvirtClient): Promise<void> {
  await unlessDoneByOthers(
    client,
    (row) => row?.active === true,
    async () => {
      const row = await client.call("pool.lookup", { name: NAME });
      const isFolder = row !== null && attribute(parseXml(row.xml, `the pool ${NAME}`), "type") === "dir";
      if (isFolder) await client.call("pool.build", { name: NAME, flags: 0 });
      await client.call("pool.start", { name: NAME });
    },
  );
}

/** What libvirt says while another process opens the pool. */
const OPENING = /pool .* is starting up/i;
const LOOK_EVERY_MS = 20;

/** An act that failed because another process did it first has not failed; while one is at it, it is tried again. */
async function unlessDoneByOthers(
  client: LibvirtClient,
  done: (row: PoolRow | null) => boolean,
  act: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    try {
      await act();
      return;
    } catch (error) {
      if (done(await client.call("pool.lookup", { name: NAME }))) return;
      if (!OPENING.test(libvirtMessage(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

function plannedPath(home: Home, paths: Paths): string {
  return home.mode === "session" ? paths.sessionPool : SYSTEM_PATH;
}

function poolOf(row: PoolRow): Pool {
  return {
    name: row.name,
    path: textAt(parseXml(row.xml, `the pool ${row.name}`), "target", "path") ?? "",
    capacityBytes: row.capacityBytes,
    availableBytes: row.availableBytes,
  };
}

function cannotUse(error: unknown, path: string): unknown {
  const said = libvirtMessage(error);
  if (said === "") return error;
  const conflict = /storage source conflict with pool: '([^']+)'/i.exec(said)?.[1];
  if (conflict !== undefined) {
    return new HutchError(
      {
        code: "E_CONFLICT",
        message: `The folder ${path} belongs to another pool already: ${conflict}.`,
        next: [`virsh pool-undefine ${conflict}, or let hutch use another folder`],
      },
      error,
    );
  }
  return new HutchError(
    {
      code: "E_HOST",
      message: `The storage pool ${NAME} in ${path} cannot be used.`,
      why: said,
      next: [`Look at the folder: ls -ld ${path}`, "hutch doctor"],
    },
    error,
  );
}
