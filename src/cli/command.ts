/** A command as data: its words, its flags, what it prints and what it does. */
import type { Cli } from "./cli.ts";
import type { Flag, Flags, Values } from "./flags.ts";

/** What an operand names, so that it can be completed and picked from. */
export type Named =
  | "vm"
  | "trashed-vm"
  | "stored-image"
  | "image"
  | "engine"
  | "network"
  | "pool"
  | "snapshot"
  | "setting"
  | "setting-value"
  | "named-host"
  | "host"
  | "file"
  | "shell";

export type Operand = {
  /** As help writes it: `<name>`, `[names...]`. */
  readonly syntax: string;
  readonly text: string;
  /** Absent for words of any kind. */
  readonly of?: Named;
};

export type Command = {
  readonly operands: readonly Operand[];
  readonly flags: Flags;
  readonly examples: readonly string[];
  /** The members of its JSON document beside `v`, as TypeScript, one line a form; absent when it prints none. */
  readonly json?: string;
  /** What else help should say. */
  readonly notes?: string;
  /** What comes after `--`: it must be there, and is kept apart, word for word. */
  readonly rest?: Operand;
  /** Exit code of hutch's own failures once it knows what to do, where the others belong to somebody else. */
  readonly failsWith?: number;
  /** Resolves to the exit code, 0 when it gives none. */
  readonly run: (cli: Cli, words: Words) => Promise<number | undefined>;
};

export type Words = {
  readonly operands: readonly string[];
  /** After `--`; null when there was none. */
  readonly rest: readonly string[] | null;
  readonly read: <T>(flag: Flag<T>) => T;
};

type Definition<F extends Flags> = Omit<Command, "flags" | "run"> & {
  readonly flags: F;
  readonly run: (cli: Cli, flags: Values<F>, words: Omit<Words, "read">) => Promise<number | undefined>;
};

/** Gives `run` the values of its own flags, typed. */
export function defineCommand<const F extends Flags>({ run, flags, ...about }: Definition<F>): Command {
  return {
    ...about,
    flags,
    run: (cli, { operands, rest, read }) => {
      const values = Object.fromEntries(Object.entries(flags).map(([key, flag]) => [key, read(flag)])) as Values<F>;
      return run(cli, values, { operands, rest });
    },
  };
}

/** Required operands that `given` words do not reach. */
export function missingOperands({ operands }: Pick<Command, "operands">, given: readonly string[]): readonly Operand[] {
  return operands.slice(given.length).filter(({ syntax }) => syntax.startsWith("<"));
}

/** `name` of `<name>` and `[name...]`. */
export function wordOf({ syntax }: Operand): string {
  return syntax.replace(/[[\]<>]|\.\.\./g, "");
}

export function takesSeveral({ syntax }: Operand): boolean {
  return syntax.includes("...");
}
