import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import type { LibvirtClient } from "#ffi";
import type { Lane } from "./lane.ts";

/** Everything that an operation could leave behind. Two of them are equal when nothing was. */
export type World = {
  readonly domains: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly pools: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  /** Digest and mode of each file below the given folders. */
  readonly files: Readonly<Record<string, string>>;
  /** Addresses and ports that somebody listens on. */
  readonly listeners: readonly string[];
  /** Command lines of QEMU and of its helpers, and of ssh. */
  readonly processes: readonly string[];
};

export type Surroundings = {
  /** Looked through to the last file; one that is not there is empty. */
  readonly folders?: readonly string[];
  /** Whose sockets and processes to look at; without it nobody's. */
  readonly lane?: Lane;
};

const LASTING = /^\S*\b(qemu-system-\S+|qemu-img|ssh|passt|dnsmasq|swtpm|mmdebstrap|hutch\S*)(\s|$)/;

/** Reads the world as it is now. Fails with libvirt's fault. */
export async function world(client: LibvirtClient, { folders = [], lane }: Surroundings = {}): Promise<World> {
  const lines = async (argv: readonly string[]) => {
    if (lane === undefined) return [];
    const { stdout } = await lane.exec(argv);
    return stdout.split("\n").filter((line) => line !== "");
  };
  return {
    domains: await domains(client),
    networks: await networks(client),
    ...(await storage(client)),
    files: Object.assign({}, ...(await Promise.all(folders.map(files)))),
    listeners: (await lines(["ss", "-Hlntu"])).map((line) => line.replace(/\s+/g, " ").trim()).sort(),
    processes: (await lines(["ps", "-ww", "-eo", "args"])).filter((line) => LASTING.test(line)).sort(),
  };
}

async function domains(client: LibvirtClient): Promise<World["domains"]> {
  const found: Record<string, unknown> = {};
  for (const { uuid, name } of await client.call("domain.list", {})) {
    const { state, xml, inactiveXml, autostart, hasManagedSave } = await client.call("domain.detail", {
      ref: { uuid },
    });
    const snapshots = await client.call("snapshot.list", { uuid });
    found[name] = { state, xml, inactiveXml, autostart, hasManagedSave, snapshots };
  }
  return found;
}

async function networks(client: LibvirtClient): Promise<World["networks"]> {
  const found: Record<string, unknown> = {};
  for (const { name, active, autostart, xml } of await client.call("network.list", {})) {
    const leases = active ? await client.call("network.leases", { name }) : [];
    // When a lease ends changes by itself.
    found[name] = { active, autostart, xml, leases: leases.map(({ expiry: _, ...lease }) => lease) };
  }
  return found;
}

async function storage(client: LibvirtClient): Promise<Pick<World, "pools" | "volumes">> {
  const pools: Record<string, unknown> = {};
  const volumes: Record<string, unknown> = {};
  for (const { name: pool, active, autostart } of await client.call("pool.list", {})) {
    // The XML of a pool tells how full the disk is.
    pools[pool] = { active, autostart };
    if (!active) continue;
    await client.call("pool.refresh", { name: pool });
    for (const { name, path, type, capacityBytes } of await client.call("volume.list", { pool })) {
      volumes[`${pool}/${name}`] = { path, type, capacityBytes };
    }
  }
  return { pools, volumes };
}

/** What Node compiled of hutch: another start of the command adds to it, whatever the command does. */
const COMPILED = /\/hutch\/compiled(\/|$)/;

async function files(folder: string): Promise<World["files"]> {
  const found: Record<string, string> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (COMPILED.test(path)) continue;
    const mode = ((await lstat(path)).mode & 0o7777).toString(8);
    const content = entry.isFile() ? await digest(path) : entry.isSymbolicLink() ? await readlink(path) : "";
    found[join(folder, relative(folder, path))] = `${mode} ${content}`;
  }
  return found;
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
