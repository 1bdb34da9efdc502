/** `NAME.hutch` in a hosts file: one marked block that is hutch's, and every other line its owner's. Pure. */

export type HostName = { readonly name: string; readonly address: string };

/** Names of VMs as this host knows them. */
export type HostNames = {
  readonly enabled: boolean;
  readonly file: string;
  /** Whether the file says what holds now; true while there is nothing of hutch's in it. */
  readonly current: boolean;
  readonly entries: readonly HostName[];
};

const SUFFIX = ".hutch";
const BEGIN = "# begin hutch: written by hutch names enable, removed by hutch names disable";
const END = "# end hutch";

/** The text with the block as it is to be, in the place where it was, else at the end. */
export function withNames(text: string, entries: readonly HostName[]): string {
  const block = [BEGIN, ...entries.map(({ name, address }) => `${address} ${name}${SUFFIX}`), END];
  const found = blockIn(text);
  if (found !== null) return [...found.before, ...block, ...found.after].join("\n");
  const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${ended}${block.join("\n")}\n`;
}

/** The text as if hutch had never been in it. */
export function withoutNames(text: string): string {
  const found = blockIn(text);
  return found === null ? text : [...found.before, ...found.after].join("\n");
}

export function hasNames(text: string): boolean {
  return blockIn(text) !== null;
}

/** A begin without its end is left alone: what follows may be anybody's. */
function blockIn(text: string): { readonly before: readonly string[]; readonly after: readonly string[] } | null {
  const lines = text.split("\n");
  const begin = lines.indexOf(BEGIN);
  const end = lines.indexOf(END, begin);
  return begin === -1 || end === -1 ? null : { before: lines.slice(0, begin), after: lines.slice(end + 1) };
}
