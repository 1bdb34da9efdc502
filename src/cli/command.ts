/** A command as data: its words, its flags, what it prints and what it does. */
import type { Cli } from "./cli.ts";
import type { Flag, Flags, Values } from "./flags.ts";

export type Command = {
  /** As help writes them: `<name>`, `[names...]`. */
  readonly operands: readonly { readonly syntax: string; readonly text: string }[];
  readonly flags: Flags;
  readonly examples: readonly string[];
  /** The members of its JSON document beside `v`, as TypeScript, one line a form; absent when it prints none. */
  readonly json?: string;
  /** What else help should say. */
  readonly notes?: string;
  /** What comes after `--` is kept apart, word for word. */
  readonly rest?: boolean;
  /** Exit code of hutch's own failures, where the others belong to somebody else. */
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
