import { isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";
import { nearestWord } from "../spelling.ts";
import KNOWN_KEYS from "./cloud-config-keys.json" with { type: "json" };
import { type Reading, readAsGuest } from "./guest-reading.ts";
import { errorAt, type UserDataProblem, warningAt } from "./problem.ts";

/** A `#cloud-config`: readable YAML, a mapping, keys that cloud-init knows, and the types that make its modules fail. */
export function checkCloudConfig(text: string): readonly UserDataProblem[] {
  const reading = readAsGuest(text);
  if ("problems" in reading) return reading.problems;
  const { doc } = reading;
  if (doc.contents === null || (isScalar(doc.contents) && doc.contents.value === null)) {
    return [warningAt(undefined, "it says nothing below its first line; cloud-init will report that as a mistake")];
  }
  if (!isMap(doc.contents)) {
    return [errorAt(reading.lineOf(doc.contents), 'it must be a mapping: lines of "key: value"')];
  }
  return [...checkKeys(reading, doc.contents), ...checkValues(reading, doc.contents)];
}

/** A `#cloud-config-archive`: a YAML list of parts. */
export function checkYamlList(text: string): readonly UserDataProblem[] {
  const reading = readAsGuest(text);
  if ("problems" in reading) return reading.problems;
  return isSeq(reading.doc.contents)
    ? []
    : [errorAt(reading.lineOf(reading.doc.contents), "an archive must be a list")];
}

type Entry = Pair<unknown, unknown>;

const keyOf = ({ key }: Entry): string => String(isScalar(key) ? key.value : key);

function checkKeys({ lineOf }: Reading, map: YAMLMap): readonly UserDataProblem[] {
  const seen = new Set<string>();
  return map.items.flatMap((entry) => {
    const key = keyOf(entry);
    const again = seen.has(key);
    seen.add(key);
    if (again) return [warningAt(lineOf(entry.key), `"${key}" is there twice, and only the last one counts`)];
    if (key === "<<" || KNOWN_KEYS.includes(key)) return [];
    const near = nearestWord(key, KNOWN_KEYS);
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    return [warningAt(lineOf(entry.key), `cloud-init knows no "${key}"${hint}`)];
  });
}

function checkValues(reading: Reading, map: YAMLMap): readonly UserDataProblem[] {
  return map.items.flatMap((entry) => {
    const check = VALUE_CHECKS[keyOf(entry)];
    return check === undefined ? [] : check(reading, entry, resolved(reading, entry.value));
  });
}

type ValueCheck = (reading: Reading, entry: Entry, value: unknown) => readonly UserDataProblem[];

const VALUE_CHECKS: Readonly<Record<string, ValueCheck>> = {
  users: checkUsers,
  user: ({ lineOf }, { key }) => [
    errorAt(
      lineOf(key),
      '"user" is where hutch says who may log in; choose the name with --set user=NAME, and make others by "users"',
    ),
  ],
  ssh_keys: ({ lineOf }, { key }, value) =>
    isMap(value) && value.items.some((entry) => keyOf(entry).startsWith("ed25519_"))
      ? [
          errorAt(
            lineOf(key),
            "hutch gives the VM its ed25519 host key, by which it knows the VM again; leave ed25519 out here",
          ),
        ]
      : [],
  runcmd: checkCommands,
  bootcmd: (reading, entry, value) => [
    ...checkCommands(reading, entry, value),
    warningAt(
      reading.lineOf(entry.key),
      '"bootcmd" runs at the first boot only: hutch takes the user-data out of the VM\'s seed once it has been applied',
    ),
  ],
  write_files: checkFiles,
};

const isNothing = (value: unknown): boolean => value === null || (isScalar(value) && value.value === null);
const isText = (value: unknown): boolean => isScalar(value) && typeof value.value === "string";

function resolved({ doc }: Reading, node: unknown): unknown {
  return isAlias(node) ? node.resolve(doc) : node;
}

/** A list; the older forms, a string of names and a mapping by name, are still read. */
function checkUsers(reading: Reading, { key }: Entry, value: unknown): readonly UserDataProblem[] {
  const { lineOf } = reading;
  if (isNothing(value) || isText(value) || isMap(value)) return [];
  if (!isSeq(value)) return [errorAt(lineOf(key), '"users" must be a list: "- name: …"')];
  return value.items
    .filter((item) => {
      const user = resolved(reading, item);
      return !(isMap(user) || isText(user) || isSeq(user));
    })
    .map((item) => errorAt(lineOf(item) ?? lineOf(key), 'a user must be a name or a mapping: "- name: …"'));
}

/** A list of mappings; a file without a path is left out with nothing but a line in the log. */
function checkFiles(reading: Reading, { key }: Entry, value: unknown): readonly UserDataProblem[] {
  const { lineOf } = reading;
  if (isNothing(value)) return [];
  if (!isSeq(value)) return [errorAt(lineOf(key), '"write_files" must be a list: "- path: …"')];
  return value.items
    .filter((item) => {
      const file = resolved(reading, item);
      return !(isMap(file) && (file.has("path") || file.has("<<")));
    })
    .map((item) => errorAt(lineOf(item) ?? lineOf(key), 'a file in "write_files" needs a path: "- path: …"'));
}

/** A list of commands, each a line for the shell or a list of words. */
function checkCommands(reading: Reading, { key }: Entry, value: unknown): readonly UserDataProblem[] {
  const { lineOf } = reading;
  const name = String(isScalar(key) ? key.value : key);
  if (isNothing(value)) return [];
  if (!isSeq(value))
    return [errorAt(lineOf(key), `"${name}" must be a list: each command on a line of its own, after "- "`)];
  return value.items.flatMap((item) => {
    const command = resolved(reading, item);
    if (isNothing(command) || isText(command) || isSeq(command)) return [];
    const why = isMap(command) ? 'the ": " makes a mapping of it' : "it is no text";
    return [
      errorAt(lineOf(item), `a command in "${name}" must be a text or a list of words, and ${why}; put it in quotes`),
    ];
  });
}
