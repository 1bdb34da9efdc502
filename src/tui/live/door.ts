/** What the terminal UI needs of the program that it is a part of. */
import type { UiSettings } from "../../core/ui-settings.ts";
import type { Hutch } from "../../index.ts";

export type HostDoor = {
  /** Tells it from the others. */
  readonly name: string;
  /** Shown until the host has told its own. */
  readonly uri: string;
  /** What `--connect` takes to mean it; null where nothing needs to be said. */
  readonly connect: string | null;
  /** What goes before a command's own words so that it is run there. */
  readonly words: readonly string[];
  /** Opens it; called again after a connection was lost. */
  open(signal: AbortSignal): Promise<Hutch>;
};

/** The config file, while the terminal UI is open. */
export type ConfigDoor = {
  /** What it says now. */
  read(): Promise<Pick<UiSettings, "keys" | "views"> & { readonly hosts: readonly HostDoor[] }>;
  /** Whether it says `bake: auto` now. */
  bakesByItself(): Promise<boolean>;
  /** Calls `changed` when it says something else, until what this returns is called. */
  watch(changed: () => void): () => void;
};

export type Door = {
  /** Those that are looked at from the beginning; at least one. */
  readonly hosts: readonly HostDoor[];
  /** The commands that there are: `start`, `image pull`. */
  readonly commands: ReadonlySet<string>;
  /** Runs a command in here, without a terminal; resolves to its exit code. `signal` is its Ctrl-C. */
  run(words: readonly string[], onLine: (line: string) => void, signal: AbortSignal): Promise<number>;
  readonly config: ConfigDoor;
  /** Runs a command that has the terminal to itself; resolves to its exit code, and rejects where hutch told of an error. */
  attach(words: readonly string[]): Promise<number>;
};

/** What it needs of the terminal. */
export type Hands = {
  /** Gives the terminal away while `work` runs, and takes it back whole. */
  handOver<T>(work: () => Promise<T>): Promise<T>;
  suspend(): Promise<void>;
  /** Past the screen, to the terminal itself. */
  write(text: string): void;
  quit(): void;
};
