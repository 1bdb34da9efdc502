/** Which VMs are meant, as people write it (`state=running tag=prod !engine=docker web`): one grammar for every face. Pure. */
import { HutchError } from "./errors.ts";
import { type MachineView, stateWord } from "./machine/view.ts";
import { nearNames } from "./near.ts";

export type MachineFilter = {
  readonly matches: (machine: MachineView) => boolean;
  /** Whether it asks for what is in the trash, which is not shown otherwise. */
  readonly wantsTrash: boolean;
};

type Key = {
  /** What the machine has under this key; `none` stands for nothing. */
  readonly of: (machine: MachineView) => readonly string[];
  /** The only values there are, where they are few. */
  readonly among?: readonly string[];
};

const NONE = "none";
const YES_NO = ["yes", "no"];
const STATES = [
  "running",
  "stopped",
  "paused",
  "saved",
  "stopping",
  "suspended",
  "crashed",
  "unknown",
  "making",
  "trashed",
];

const KEYS: Readonly<Record<string, Key>> = {
  name: { of: ({ name }) => [name] },
  state: { of: (machine) => [stateWord(machine)], among: STATES },
  tag: { of: ({ record }) => record?.tags ?? [] },
  engine: { of: ({ record }) => some(record?.engine?.name) },
  image: { of: ({ record }) => some(record?.spec.image) },
  network: { of: ({ record }) => networkWords(record?.spec.network) },
  owner: { of: ({ record }) => [record === null ? "others" : "hutch"], among: ["hutch", "others"] },
  protected: { of: ({ record }) => [yesNo(record?.protected === true)], among: YES_NO },
  ephemeral: { of: ({ record }) => [yesNo(record?.spec.ephemeral === true)], among: YES_NO },
  problem: { of: ({ problems }) => [yesNo(problems.length > 0)], among: YES_NO },
};

const FILTER_KEYS: readonly string[] = Object.keys(KEYS);

type Term = { readonly key: string; readonly patterns: readonly string[]; readonly not: boolean };

/**
 * All of `words` must hold. Each is `key=value`, with commas for "or" and `*` for anything, `key!=value` or `!key=value`
 * for the opposite; a word without `=` is a part of the name. E_USAGE for what is none, with what may have been meant.
 */
export function parseFilter(words: readonly string[]): MachineFilter {
  const terms = words.map(termOf);
  return {
    matches: (machine) => terms.every((term) => holds(term, machine)),
    wantsTrash: terms.some(({ key, patterns, not }) => key === "state" && !not && patterns.includes("trashed")),
  };
}

function termOf(word: string): Term {
  const { bang, key, opposite, value } = /^(?<bang>!?)(?:(?<key>[^=!]*)(?<opposite>!?)=)?(?<value>.*)$/su.exec(word)
    ?.groups ?? { value: word };
  const not = (bang === "!") !== (opposite === "!");
  if (key === undefined) {
    if (!value) throw badFilter(word, "it is empty.");
    return { key: "name", patterns: [`*${value}*`], not };
  }
  const known = KEYS[key];
  if (known === undefined || !Object.hasOwn(KEYS, key)) {
    const [near] = nearNames(key, FILTER_KEYS);
    throw badFilter(
      word,
      near === undefined
        ? `there is no "${key}"; there are ${FILTER_KEYS.join(", ")}.`
        : `there is no "${key}". Did you mean "${near}"?`,
    );
  }
  const patterns = (value ?? "").split(",").map((pattern) => pattern.trim());
  if (patterns.includes(""))
    throw badFilter(word, `"${key}" needs a value; ${key}=${known.among?.[0] ?? NONE}, for one.`);
  const strange = patterns.find((pattern) => known.among?.includes(pattern) === false && !pattern.includes("*"));
  if (strange !== undefined) throw badFilter(word, `"${strange}" is none of ${known.among?.join(", ")}.`);
  return { key, patterns, not };
}

function holds({ key, patterns, not }: Term, machine: MachineView): boolean {
  const found = KEYS[key]?.of(machine) ?? [];
  const values = found.length === 0 ? [NONE] : found;
  return patterns.some((pattern) => values.some((value) => fits(pattern, value))) !== not;
}

/** `*` is anything; capitals make no difference. Without a regular expression: a pattern is a stranger's text. */
function fits(pattern: string, value: string): boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const text = value.toLowerCase();
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function networkWords(network: NonNullable<MachineView["record"]>["spec"]["network"] | undefined): readonly string[] {
  if (network === undefined) return [];
  if (network.kind === "network") return [network.network];
  return network.kind === "bridge" ? [network.bridge] : [network.kind];
}

function some(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

function badFilter(word: string, why: string): HutchError {
  return new HutchError({
    code: "E_USAGE",
    message: `The filter "${word}": ${why}`,
    next: ["Write it like state=running, tag=prod,test, engine!=docker or name=web*", "hutch list --help"],
  });
}
