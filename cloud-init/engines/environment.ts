import { type DaemonSettings, daemonJson } from "./daemon-json.ts";
import { type EngineRecipe, findEngine } from "./recipe.ts";

export type EngineSettings = DaemonSettings & {
  readonly engine: string;
  /** The login user, who may use the engine from the next login on. */
  readonly user: string;
  /** A mirror that the recipe knows by name, or the address of one. */
  readonly mirror?: string;
  /** Full fingerprint of the key of a mirror that signs its packages itself. */
  readonly mirrorKey?: string;
};

/** No spaces, quotes or signs that a list or an expression in a shell file would trip over. */
const PLAIN_URL = /^https?:\/\/[\w.:@%~+\-/[\]]+$/;

/**
 * What the engine's shell files need to know, as environment variables; every value is one for `env`, none is a piece of
 * shell. Throws RangeError, with a message for users, for an unknown engine or mirror or a fingerprint that is none.
 */
export function engineEnvironment(settings: EngineSettings): Readonly<Record<string, string>> {
  const recipe = findEngine(settings.engine);
  if ("suggestions" in recipe) throw new RangeError(`There is no engine "${settings.engine}".`);
  const base = baseOf(recipe, settings.mirror);
  const { http, https, no } = settings.proxy ?? {};
  return {
    HUTCH_FAMILIES: families(recipe, base, fingerprint(settings.mirrorKey)),
    HUTCH_PACKAGES: recipe.packages.join(" "),
    HUTCH_UPSTREAM: recipe.base,
    HUTCH_BASE: base,
    HUTCH_USER: settings.user,
    HUTCH_DAEMON_JSON: daemonJson(settings),
    HUTCH_DAEMON_JSON_BEFORE_23: daemonJson({ ...settings, proxy: {} }),
    ...(http === undefined ? {} : { HUTCH_HTTP_PROXY: http }),
    ...(https === undefined ? {} : { HUTCH_HTTPS_PROXY: https }),
    ...(no === undefined ? {} : { HUTCH_NO_PROXY: no }),
  };
}

function baseOf(recipe: EngineRecipe, mirror: string | undefined): string {
  if (mirror === undefined) return recipe.base;
  const address = recipe.mirrors[mirror.toLowerCase()] ?? mirror;
  if (PLAIN_URL.test(address)) return address.replace(/\/+$/, "");
  throw new RangeError(
    `There is no mirror "${mirror}": use ${Object.keys(recipe.mirrors).join(", ")} or an http(s) address.`,
  );
}

function fingerprint(text: string | undefined): string | undefined {
  const plain = text?.replaceAll(" ", "").toUpperCase();
  if (plain === undefined || /^[0-9A-F]{40}$/.test(plain)) return plain;
  throw new RangeError(`"${text}" is not the full fingerprint of a key: 40 hexadecimal digits.`);
}

/** One family a line, its fields between bars. */
function families(recipe: EngineRecipe, base: string, mirrorKey: string | undefined): string {
  return recipe.families
    .map(({ systems, installer, repository, key, fallback, extras }) =>
      [
        systems.join(" "),
        installer,
        repository === null ? "" : repository.replace(recipe.base, base),
        repository === null ? "" : (mirrorKey ?? key ?? ""),
        fallback.join(" "),
        extras.join(" "),
      ].join("|"),
    )
    .join("\n");
}
