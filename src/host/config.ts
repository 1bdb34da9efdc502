/** The user's config file: defaults that a command line would otherwise have to repeat. */
import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from "yaml";
import { HutchError } from "../core/errors.ts";
import type { NamedHosts } from "../core/hosts.ts";
import type { Paths } from "./paths.ts";

export type EngineConfig = {
  /** A mirror of the engine's packages: one that the recipe knows by name, or a URL. */
  readonly mirror?: string;
  /** Full fingerprint of the key of a mirror that signs its packages itself. */
  readonly mirrorKey?: string;
  readonly registryMirrors?: readonly string[];
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
  /** Of one container's log file, as Docker writes sizes: `10m`. */
  readonly logMaxSize?: string;
};

export type Config = {
  /** A libvirt URI, or the name of a host. */
  readonly connect?: string;
  readonly hosts?: NamedHosts;
  readonly image?: string;
  /** Base URL that takes the place of the image publishers' own. */
  readonly imageMirror?: string;
  /** Of one distribution or one image of the catalogue: a mirror that hutch knows by name, or a URL. */
  readonly mirrors?: Readonly<Record<string, string>>;
  readonly engine: EngineConfig;
  /** Whether an image is baked by itself after an engine was installed in a VM, or only offered (when omitted). */
  readonly bake?: "auto" | "offer";
  /** What the file says that hutch does not know. */
  readonly warnings: readonly string[];
};

/** An empty one when there is no file. E_INVALID with file and line for what cannot be meant. */
export function readConfig({ configFile }: Pick<Paths, "configFile">): Config {
  let text: string;
  try {
    text = readFileSync(configFile, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { engine: {}, warnings: [] };
    throw new HutchError({ code: "E_INVALID", message: `${configFile} cannot be read.` }, error);
  }
  return parseConfig(text, configFile);
}

export function parseConfig(text: string, file: string): Config {
  const reader = new ConfigReader(file);
  const root = reader.open(text);
  const engine = reader.map(root, "engine");
  const images = reader.map(root, "images");
  const proxy = reader.map(engine, "proxy");
  const proxies = given({
    http: reader.text(proxy, "http"),
    https: reader.text(proxy, "https"),
    no: reader.text(proxy, "no"),
  });
  const config = {
    ...given({
      connect: reader.text(root, "connect"),
      hosts: reader.texts(root, "hosts"),
      image: reader.text(root, "image"),
      imageMirror: reader.url(root, "imageMirror"),
      mirrors: reader.texts(images, "mirrors"),
      bake: reader.oneOf(root, "bake", ["auto", "offer"]),
    }),
    engine: given({
      mirror: reader.text(engine, "mirror"),
      mirrorKey: reader.text(engine, "mirrorKey"),
      registryMirrors: reader.urls(engine, "registryMirrors"),
      proxy: Object.keys(proxies).length === 0 ? undefined : proxies,
      logMaxSize: reader.size(engine, "logMaxSize"),
    }),
  };
  const ui = reader.map(root, "ui");
  const views = reader.map(root, "views");
  reader.warnUnknown(root, "", ["connect", "hosts", "image", "imageMirror", "images", "bake", "engine", "ui", "views"]);
  reader.warnUnknown(ui, "ui.", ["theme", "ascii", "mouse", "screenReader", "readonly", "keys"]);
  for (const name of reader.names(views))
    reader.warnUnknown(reader.map(views, name), `views.${name}.`, ["filter", "sort", "columns"]);
  reader.warnUnknown(images, "images.", ["mirrors"]);
  reader.warnUnknown(engine, "engine.", ["mirror", "mirrorKey", "registryMirrors", "proxy", "logMaxSize"]);
  reader.warnUnknown(proxy, "engine.proxy.", ["http", "https", "no"]);
  return { ...config, warnings: reader.warnings };
}

type Given<T> = { -readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Only what is there. */
export function given<T extends Readonly<Record<string, unknown>>>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** Typed looks into a YAML document that know where everything stands. */
export class ConfigReader {
  readonly warnings: string[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();

  constructor(file: string) {
    this.#file = file;
  }

  open(text: string): YAMLMap | null {
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) throw this.#invalid(error.pos[0], error.message);
    if (document.contents === null) return null;
    if (!isMap(document.contents))
      throw this.#invalid(document.contents.range?.[0] ?? 0, "it must be a list of settings, `name: value`");
    return document.contents;
  }

  map(parent: YAMLMap | null, name: string): YAMLMap | null {
    const pair = this.#pair(parent, name);
    if (pair === undefined) return null;
    if (isMap(pair.value)) return pair.value;
    throw this.#wrong(pair, name, "settings of its own, indented below it");
  }

  text(parent: YAMLMap | null, name: string): string | undefined {
    const pair = this.#pair(parent, name);
    if (pair === undefined) return undefined;
    if (isScalar(pair.value) && typeof pair.value.value === "string" && pair.value.value !== "")
      return pair.value.value;
    throw this.#wrong(pair, name, "a text");
  }

  /** Names of the user's own, each with a text. */
  texts(parent: YAMLMap | null, name: string): Readonly<Record<string, string>> | undefined {
    const map = this.map(parent, name);
    if (map === null) return undefined;
    return Object.fromEntries(this.names(map).map((each) => [each, this.text(map, each) ?? ""]));
  }

  names(map: YAMLMap | null): readonly string[] {
    return (map?.items ?? []).map(({ key }) => String(isScalar(key) ? key.value : key));
  }

  /** A list of texts, or one text with commas. */
  list(parent: YAMLMap | null, name: string): readonly string[] | undefined {
    const pair = this.#pair(parent, name);
    if (pair === undefined) return undefined;
    const value: unknown = parent?.toJSON()?.[name];
    const list = Array.isArray(value) ? value : `${value}`.split(",");
    const texts = list.map((item) => (typeof item === "number" || typeof item === "string" ? `${item}`.trim() : ""));
    if (
      texts.length > 0 &&
      !texts.includes("") &&
      (value === null || typeof value !== "object" || Array.isArray(value))
    )
      return texts;
    throw this.#wrong(pair, name, "a text, or a list of texts");
  }

  yesNo(parent: YAMLMap | null, name: string): boolean | undefined {
    const pair = this.#pair(parent, name);
    if (pair === undefined) return undefined;
    const value = isScalar(pair.value) ? pair.value.value : null;
    if (typeof value === "boolean") return value;
    if (typeof value === "string" && /^(yes|on)$/i.test(value)) return true;
    if (typeof value === "string" && /^(no|off)$/i.test(value)) return false;
    throw this.#wrong(pair, name, "yes or no");
  }

  oneOf<const T extends string>(parent: YAMLMap | null, name: string, choices: readonly T[]): T | undefined {
    const value = this.text(parent, name);
    const found = choices.find((choice) => choice === value);
    if (value === undefined || found !== undefined) return found;
    throw this.#wrong(this.#pair(parent, name), name, `one of ${choices.join(", ")}`);
  }

  url(parent: YAMLMap | null, name: string): string | undefined {
    const value = this.text(parent, name);
    if (value === undefined || isUrl(value)) return value;
    throw this.#wrong(this.#pair(parent, name), name, "a URL, https://…");
  }

  urls(parent: YAMLMap | null, name: string): readonly string[] | undefined {
    const pair = this.#pair(parent, name);
    if (pair === undefined) return undefined;
    const value: unknown = parent?.toJSON()?.[name];
    const list = typeof value === "string" ? [value] : value;
    if (Array.isArray(list) && list.every((item) => typeof item === "string" && isUrl(item))) return list;
    throw this.#wrong(pair, name, "a list of URLs, https://…");
  }

  size(parent: YAMLMap | null, name: string): string | undefined {
    const value = this.text(parent, name);
    if (value === undefined || /^\d+[kmg]$/.test(value)) return value;
    throw this.#wrong(this.#pair(parent, name), name, "a size such as 10m");
  }

  warnUnknown(map: YAMLMap | null, prefix: string, known: readonly string[]): void {
    for (const { key } of map?.items ?? []) {
      const name = String(isScalar(key) ? key.value : key);
      if (known.includes(name)) continue;
      const where = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
      this.warnings.push(
        `${this.#file}:${this.#lines.linePos(where).line}: hutch knows no setting "${prefix}${name}".`,
      );
    }
  }

  /** E_INVALID for what `name` says, with the line it is said in. */
  refusal(parent: YAMLMap | null, name: string, message: string): HutchError {
    const key = this.#pair(parent, name)?.key;
    return this.#invalid(isScalar(key) ? (key.range?.[0] ?? 0) : 0, message);
  }

  #pair(parent: YAMLMap | null, name: string): Pair<unknown, unknown> | undefined {
    return parent?.items.find(({ key }) => isScalar(key) && key.value === name);
  }

  #wrong(pair: Pair<unknown, unknown> | undefined, name: string, wanted: string): HutchError {
    const key = pair?.key;
    return this.#invalid(isScalar(key) ? (key.range?.[0] ?? 0) : 0, `"${name}" must be ${wanted}`);
  }

  #invalid(offset: number, message: string): HutchError {
    const { line } = this.#lines.linePos(offset);
    return new HutchError({
      code: "E_INVALID",
      message: `${this.#file}:${line}: ${message}`,
      details: { file: this.#file, line },
    });
  }
}

function isUrl(text: string): boolean {
  return /^https?:\/\/[^\s/]+/.test(text);
}
