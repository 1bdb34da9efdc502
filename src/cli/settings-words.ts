/** `cpus=4 memory=8G …` as people write them after `set`. */
import { HutchError } from "../core/errors.ts";
import { parseForward } from "../core/forward-syntax.ts";
import { nearNames } from "../core/near.ts";
import { parseDuration, parseSize } from "../core/units.ts";
import { badValue } from "../core/usage.ts";
import { checkDescription, checkTags, type Settings } from "../core/vm-settings.ts";
import { count } from "./flags.ts";

const MIB = 1024 ** 2;
const EXAMPLE = "hutch set web cpus=4 memory=8G";

/** Each reads its value; `key` is what goes before it, `cpus=`. */
export const SETTINGS: Readonly<Record<string, (text: string, key: string) => Settings>> = {
  cpus: (text, key) => ({ cpus: count(text, key) }),
  memory: (text, key) => ({ memoryMiB: Math.round(parseSize(text, key) / MIB) }),
  disk: (text, key) => ({ diskBytes: parseSize(text, key) }),
  autostart: (text, key) => ({ autostart: onOff(text, key) }),
  description: (text, key) => ({ description: checked(text, key, checkDescription(text)) }),
  tags: (text, key) => ({ tags: tagsIn(text, key) }),
  protect: (text, key) => ({ protected: onOff(text, key) }),
  order: (text, key) => ({ startOrder: text === "none" ? null : count(text, key) }),
  display: (text, key) => ({ display: onOff(text, key) }),
  iso: (text, key) => ejected(text, key),
  publish: (text, key) => ({ publish: text.split(",").map((port) => parseForward(port, key)) }),
  delay: (text, key) => ({ startDelay: text === "0" ? 0 : Math.round(parseDuration(text, key) / 1000) }),
};

/** What people call a setting besides. */
const ALIASES: Readonly<Record<string, string>> = { ports: "publish" };

/** E_USAGE for a word that is no setting, one given twice, or a value that cannot be. */
export function settingsIn(words: readonly string[]): Settings {
  if (words.length === 0) {
    throw new HutchError({
      code: "E_USAGE",
      message: "Set what? Nothing was given.",
      next: [EXAMPLE, `There are: ${Object.keys(SETTINGS).join(", ")}`],
    });
  }
  let settings: Settings = {};
  const given = new Set<string>();
  for (const word of words) {
    const at = word.indexOf("=");
    const said = at === -1 ? word : word.slice(0, at);
    const key = Object.hasOwn(ALIASES, said) ? (ALIASES[said] ?? said) : said;
    if (at === -1) throw badValue("set", word, "a setting has the form key=value.", EXAMPLE);
    const read = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined;
    if (read === undefined) throw unknown(key);
    if (given.has(key)) throw badValue("set", word, `${key} is given twice.`, EXAMPLE);
    given.add(key);
    settings = { ...settings, ...read(word.slice(at + 1), `${key}=`) };
  }
  return settings;
}

function unknown(key: string): HutchError {
  const known = Object.keys(SETTINGS);
  return new HutchError({
    code: "E_USAGE",
    message: `"${key}" cannot be set.`,
    next: [
      ...(/^(nics?|networks?)$/.test(key) ? ["hutch nic add web lab: another network card"] : []),
      ...nearNames(key, known).map((near) => `Did you mean "${near}"?`),
      `There are: ${known.join(", ")}`,
    ],
  });
}

function onOff(text: string, key: string): boolean {
  if (/^(on|yes|true)$/.test(text)) return true;
  if (/^(off|no|false)$/.test(text)) return false;
  throw badValue(key, text, "it is on or off.", `${key}on`);
}

/** What goes in is decided at birth. */
function ejected(text: string, key: string): Settings {
  if (/^(off|no|none)$/.test(text)) return { iso: null };
  throw badValue(
    key,
    text,
    "an image can only be taken out of the drive.",
    `${key}off (or hutch launch --iso ${text})`,
  );
}

/** Empty takes them all away. */
function tagsIn(text: string, key: string): readonly string[] {
  const tags = [...new Set(text.split(",").filter((tag) => tag !== ""))];
  checked(text, key, checkTags(tags));
  return tags;
}

function checked(text: string, key: string, problem: string | null): string {
  if (problem === null) return text;
  throw badValue(key, text.length > 40 ? "…" : text, problem, `${key}${key === "tags=" ? "prod,web" : "'…'"}`);
}
