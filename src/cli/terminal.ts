/** The world that a command acts in, given by `main`, so that a test can give another. */
import type {
  ConnectOptions,
  catalogue,
  changeSetting,
  diagnose,
  engineRecipes,
  Hutch,
  hosts,
  imageInfo,
  libvirtVersion,
  settings,
  uiSettings,
} from "../index.ts";

/** What hutch uses of a stream: a terminal, a pipe or a buffer. */
export type Sink = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};
export type Source = {
  readonly isTTY: boolean;
  /** Only when it is read here: a child that inherits it must find it untouched. */
  readonly open: () => NodeJS.ReadableStream;
  /** Whether keys come as they are typed, Ctrl-C too. Only where it is a terminal. */
  readonly setRaw: (raw: boolean) => void;
};

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export type Library = {
  readonly connect: (options?: ConnectOptions) => Promise<Hutch>;
  readonly diagnose: typeof diagnose;
  readonly catalogue: typeof catalogue;
  readonly imageInfo: typeof imageInfo;
  readonly engineRecipes: typeof engineRecipes;
  readonly libvirtVersion: typeof libvirtVersion;
  readonly settings: typeof settings;
  readonly changeSetting: typeof changeSetting;
  readonly hosts: typeof hosts;
  readonly uiSettings: typeof uiSettings;
};

/** What is wrong with the keys that the config asks for an action of the terminal UI. */
export type KeyFault = { readonly id: string; readonly message: string; readonly next: readonly string[] };

/** How the terminal UI is to be opened. */
export type UiStart = {
  readonly demo: boolean;
  readonly readonly: boolean;
  /** undefined: as this terminal needs it. */
  readonly ascii: boolean | undefined;
  readonly noColor: boolean;
  readonly theme: "dark" | "light" | undefined;
  readonly mouse: boolean;
  readonly screenReader: boolean;
  /** A libvirt URI; undefined: the home. */
  readonly uri: string | undefined;
};

export type Terminal = {
  readonly stdin: Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** hutch's own version; reads a file, so only when asked. */
  readonly version: () => string;
  /** Opens the terminal UI; resolves to its exit code. */
  readonly ui: (start: UiStart) => Promise<number>;
  /** Which of these keys of the terminal UI cannot be; loads its registry of actions. */
  readonly keyFaults: (asked: Readonly<Record<string, readonly string[]>>) => Promise<readonly KeyFault[]>;
  /** Loaded when a command needs it. */
  readonly library: () => Promise<Library>;
  /** Returns a function that takes the handler away again. Without a handler a signal ends the process. */
  readonly onSignal: (signal: StopSignal, handler: () => void) => () => void;
  /** Aborted once nobody reads stdout any more (`hutch list | head -1`). */
  readonly unread: AbortSignal;
};
