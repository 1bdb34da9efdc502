/** Flags that every command takes, before or after its name. */
import { type Flag, oneOf, option, toggle, type Values, word } from "./flags.ts";

export const FORMATS = ["table", "json", "yaml", "name", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

export const GLOBAL_FLAGS = {
  output: option("-o, --output <format>", `${FORMATS.join(", ")}; table unless said`, oneOf(FORMATS)),
  quiet: toggle("-q, --quiet", "no progress and no notes; errors only"),
  yes: toggle("-y, --yes", "go ahead without asking"),
  noColor: toggle("--no-color", "no colours (NO_COLOR does the same)"),
  connect: {
    ...option("-c, --connect <host>", "the libvirt to use: a URI as qemu:///system, or a name of hutch host ls", word),
    of: "host",
  },
  verbose: toggle("--verbose", "tell more, also about errors"),
} as const;

export type Globals = Values<typeof GLOBAL_FLAGS>;

/** What was given for each flag, in order; see `Flag.read`. */
export type Given = ReadonlyMap<Flag<unknown>, readonly string[]>;

/**
 * Takes the global flags out of `argv`, up to a bare `--`. What is left has the command's words first, wherever the flags
 * stood; and where nothing is left to parse, no parser needs to be loaded.
 */
export function splitGlobals(argv: readonly string[]): { readonly given: Given; readonly words: readonly string[] } {
  const given = new Map<Flag<unknown>, string[]>();
  const words: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const text = argv[index] ?? "";
    if (text === "--") return { given, words: [...words, ...argv.slice(index)] };
    const [flag, attached] = globalIn(text);
    if (flag === undefined) words.push(text);
    else {
      const value = flag.takes === "nothing" ? "on" : (attached ?? argv[++index] ?? "");
      given.set(flag, [...(given.get(flag) ?? []), value]);
    }
  }
  return { given, words };
}

/** The global flag that `text` is, and the value that it has attached: `--output=json`, `-ojson`. */
function globalIn(text: string): readonly [Flag<unknown> | undefined, string?] {
  for (const flag of Object.values<Flag<unknown>>(GLOBAL_FLAGS)) {
    const [long = "", short] = (flag.syntax.match(/--?[a-z-]+/g) ?? []).reverse();
    if (text === long || text === short) return [flag];
    if (flag.takes === "nothing") continue;
    if (text.startsWith(`${long}=`)) return [flag, text.slice(long.length + 1)];
    if (short !== undefined && text.startsWith(short)) return [flag, text.slice(short.length)];
  }
  return [undefined];
}

/** The format asked for, even where the rest cannot be understood: errors of usage are told in it too. */
export function wantedFormat(given: Given): Format {
  const last = given.get(GLOBAL_FLAGS.output)?.at(-1);
  return FORMATS.find((format) => format === last) ?? "table";
}
