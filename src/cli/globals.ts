/** Flags that every command takes, before or after its name. */
import { oneOf, option, toggle, type Values, word } from "./flags.ts";

export const FORMATS = ["table", "json", "yaml", "name", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

export const GLOBAL_FLAGS = {
  output: option("-o, --output <format>", `${FORMATS.join(", ")}; table unless said`, oneOf(FORMATS)),
  quiet: toggle("-q, --quiet", "no progress and no notes; errors only"),
  yes: toggle("-y, --yes", "go ahead without asking"),
  noColor: toggle("--no-color", "no colours (NO_COLOR does the same)"),
  connect: option("-c, --connect <uri>", "the libvirt to use, as qemu:///system or qemu+ssh://host/system", word),
  verbose: toggle("--verbose", "tell more, also about errors"),
} as const;

export type Globals = Values<typeof GLOBAL_FLAGS>;

/** Global flags that take a value, which is then no command. */
export const WITH_VALUE: ReadonlySet<string> = new Set(["-o", "--output", "-c", "--connect"]);

/** The format asked for, even where the rest cannot be understood: errors of usage are told in it too. */
export function wantedFormat(argv: readonly string[]): Format {
  const words = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  for (const [index, text] of words.entries()) {
    const value = text === "-o" || text === "--output" ? words[index + 1] : /^(?:-o=?|--output=)(.+)$/.exec(text)?.[1];
    const format = FORMATS.find((each) => each === value);
    if (format !== undefined) return format;
  }
  return "table";
}
