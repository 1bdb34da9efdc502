/** What every use case works with: one connection, one home, one caller. Passed down, never global. */

import { existsSync } from "node:fs";
import type { LibvirtClient } from "#ffi";
import type { Config } from "../host/config.ts";
import { openClient } from "../host/connection.ts";
import { chooseHome, type Home } from "../host/home.ts";
import { type Caller, callerOf, type Paths, pathsOf } from "../host/paths.ts";
import type { OpEnvironment } from "../ops/operation.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** The ground a context stands on, known before libvirt is asked anything. */
export type Ground = {
  readonly home: Home;
  readonly paths: Paths;
  readonly caller: Caller;
  readonly config: Config;
  readonly env: Env;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  /** See `OpEnvironment.probe`. */
  readonly probe?: OpEnvironment["probe"];
};

export type Context = Ground & { readonly client: LibvirtClient };

export type ContextOptions = {
  readonly uri?: string;
  readonly readonly?: boolean;
  readonly env?: Env;
  readonly signal?: AbortSignal;
  readonly probe?: OpEnvironment["probe"];
};

/** E_USAGE for a URI that is none, E_INVALID for a config file that cannot be read. */
export async function groundOf(options: ContextOptions): Promise<Ground> {
  const env = options.env ?? process.env;
  const caller = callerOf(env);
  const paths = pathsOf(env, caller);
  const config = await configOf(paths);
  const home = chooseHome({
    uri: options.uri,
    configured: config.connect,
    hosts: config.hosts,
    env,
    uid: caller.uid,
    groups: caller.groups,
  });
  return {
    home,
    paths,
    caller,
    config,
    env,
    now: Date.now,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    ...(options.probe === undefined ? {} : { probe: options.probe }),
  };
}

/** The reader of YAML is loaded only where there is something to read. */
async function configOf(paths: Paths): Promise<Config> {
  if (!existsSync(paths.configFile)) return { engine: {}, warnings: [] };
  return (await import("../host/config.ts")).readConfig(paths);
}

/** Opens libvirt; E_HOST when it is missing, not running or not allowed. */
export async function openContext(options: ContextOptions): Promise<Context> {
  const ground = await groundOf(options);
  const how = {
    inline: options.readonly ?? false,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  return { ...ground, client: await openClient(ground.home, how) };
}

/** ISO 8601, for records. */
export function timestamp(ctx: Pick<Context, "now">): string {
  return new Date(ctx.now()).toISOString();
}
