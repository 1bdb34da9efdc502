/** The user's logins to registries, as `docker login` and `podman login` keep them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Caller } from "./paths.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** `Basic …` for this registry; undefined when nobody logged in, or the login is kept by a credential helper. */
export function registryLogin(host: string, env: Env, caller: Pick<Caller, "home">): string | undefined {
  const runtime = env["XDG_RUNTIME_DIR"];
  const files = [
    env["REGISTRY_AUTH_FILE"],
    runtime === undefined ? undefined : join(runtime, "containers/auth.json"),
    join(env["DOCKER_CONFIG"] ?? join(env["HOME"] ?? caller.home, ".docker"), "config.json"),
  ];
  for (const file of files) {
    const auth = file === undefined ? undefined : loginIn(file, host);
    if (auth !== undefined) return `Basic ${auth}`;
  }
  return undefined;
}

function loginIn(file: string, host: string): string | undefined {
  try {
    const { auths }: { readonly auths?: Readonly<Record<string, { readonly auth?: unknown }>> } = JSON.parse(
      readFileSync(file, "utf8"),
    );
    const auth = auths?.[host]?.auth;
    return typeof auth === "string" && auth !== "" ? auth : undefined;
  } catch {
    return undefined;
  }
}
