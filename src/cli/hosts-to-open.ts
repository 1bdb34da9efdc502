/** Which hosts are looked at together where nobody names one: those that have names, and the one that commands go to. */
import type { HostBook } from "../core/hosts.ts";
import type { Terminal } from "./terminal.ts";

export type HostToOpen = {
  readonly name: string;
  readonly uri: string;
  /** What `--connect` takes to mean it; null where it is meant anyway. */
  readonly connect: string | null;
};

/** The one of `--connect` or $HUTCH_CONNECT alone; at least one. Fails as the config file does. */
export async function hostsToOpen(
  { library, env }: Pick<Terminal, "library" | "env">,
  uri: string | undefined,
): Promise<readonly HostToOpen[]> {
  const { hosts } = await library();
  const book = await hosts.list({ env, ...(uri === undefined ? {} : { uri }) });
  const asked = uri || env["HUTCH_CONNECT"];
  if (asked) return [{ name: nameIn(book, book.defaultUri), uri: book.defaultUri, connect: uri ?? null }];
  const named = book.hosts.map(({ name, uri: at }) => ({ name, uri: at, connect: name }));
  const known = named.some((host) => host.uri === book.defaultUri);
  if (known) return named;
  // A machine that only looks at others has no libvirt: one that nobody chose would be away for ever.
  const chosen = !book.defaultFrom.startsWith("default");
  if (named.length > 0 && !chosen && !(await hosts.isLibvirtHere())) return named;
  return [
    { name: book.defaultUri, uri: book.defaultUri, connect: named.length > 0 ? book.defaultUri : null },
    ...named,
  ];
}

/** Those to look at now, after the config file has changed: what was opened without a name stays beside those that got one. */
export function besideOpened(opened: readonly HostToOpen[], now: readonly HostToOpen[]): readonly HostToOpen[] {
  const unnamed = opened.filter(({ name, uri }) => name === uri && !now.some((host) => host.uri === uri));
  return [...unnamed.map((host) => ({ ...host, connect: host.connect ?? host.uri })), ...now];
}

function nameIn({ hosts }: HostBook, uri: string): string {
  return hosts.find((host) => host.uri === uri)?.name ?? uri;
}
