/** One entry of apt's configuration: where packages of some releases come from. */
export type AptSource = {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
};

/** The two archives that a Debian release is installed from. */
export type DebianMirror = { readonly archive: string; readonly security: string };

/** Debian's own public addresses, used where this machine's apt names no Debian mirror. */
const PUBLIC_MIRROR: DebianMirror = {
  archive: "http://deb.debian.org/debian",
  security: "http://deb.debian.org/debian-security",
};

const words = (text: string | undefined): readonly string[] => (text ?? "").split(/\s+/).filter((word) => word !== "");

/** Reads apt's one-line format (`sources.list`, `*.list`). Lines that are no source are passed over, as apt would warn. */
export function parseOneLineSources(text: string): readonly AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (match === null) return [];
    const [, type = "", uri = "", suite = "", components] = match;
    return [{ types: [type], uris: [uri], suites: [suite], components: words(components) }];
  });
}

/** Reads apt's deb822 format (`*.sources`): paragraphs of fields; comments and disabled paragraphs are left out. */
export function parseDeb822Sources(text: string): readonly AptSource[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  return lines
    .join("\n")
    .split(/\n\s*\n/)
    .flatMap((paragraph) => {
      const fields = new Map<string, string>();
      for (const field of paragraph.replace(/\n[ \t]+/g, " ").split("\n")) {
        const colon = field.indexOf(":");
        if (colon > 0) fields.set(field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1));
      }
      if (/^\s*(no|false|off|0)\s*$/i.test(fields.get("enabled") ?? "") || !fields.has("uris")) return [];
      return [
        {
          types: words(fields.get("types")),
          uris: words(fields.get("uris")),
          suites: words(fields.get("suites")),
          components: words(fields.get("components")),
        },
      ];
    });
}

/** Only addresses that a guest can use as well: `file:`, `cdrom:` and the like are this machine's own. */
function pathOf(uri: string): string | undefined {
  if (!/^https?:\/\//.test(uri) || !URL.canParse(uri)) return undefined;
  return new URL(uri).pathname.replace(/\/+$/, "");
}

const withoutSlash = (uri: string): string => uri.replace(/\/+$/, "");

/** The security archive beside a mirror of the main one, where the mirror follows Debian's layout. */
function securityBeside(archive: string): string {
  return archive.endsWith("/debian") ? `${archive}-security` : PUBLIC_MIRROR.security;
}

/** The mirror that these sources name, or Debian's public one. A mirror of Ubuntu or of a third party is not one. */
export function mirrorOf(sources: readonly AptSource[]): DebianMirror {
  const uris = sources.filter(({ types }) => types.includes("deb")).flatMap((source) => source.uris);
  const archive = uris.find((uri) => pathOf(uri)?.endsWith("/debian"));
  const security = uris.find((uri) => pathOf(uri)?.endsWith("/debian-security"));
  if (archive === undefined) return PUBLIC_MIRROR;
  return mirrorAt(archive, security);
}

/** The mirror whose main archive is at this address. */
export function mirrorAt(archive: string, security?: string): DebianMirror {
  const main = withoutSlash(archive);
  return { archive: main, security: security === undefined ? securityBeside(main) : withoutSlash(security) };
}
