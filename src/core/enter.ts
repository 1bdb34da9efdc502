/** Ways into a VM: what is asked for, and what comes back. */
import type { Mount } from "./machine/record.ts";
import type { PortForward } from "./machine/spec.ts";

/** Of a terminal's window, in characters. */
export type WindowSize = { readonly rows: number; readonly columns: number };

/** A serial console that is held open. Its output is the guest's: untrusted. */
export type ConsoleSession = {
  /** Fails once it has ended. */
  write(data: Uint8Array): Promise<void>;
  /** Whether there was a way at the beginning to tell the guest how large the window is: its agent, or ssh. */
  readonly canResize: boolean;
  /** Tells the guest, for a serial line carries no size; resolves to whether it took it. Never fails; `close` ends it. */
  resize(size: WindowSize): Promise<boolean>;
  close(): Promise<void>;
  /** Resolves when it ended by itself: the VM stopped, somebody took it over, or the connection was lost. */
  readonly ended: Promise<void>;
};

/** How a VM that is still starting is waited for. */
export type EnterOptions = {
  /** Gives up the waiting; nothing to a command that runs. */
  readonly signal?: AbortSignal;
  /** Called once, when ssh has not answered for a second. */
  readonly onWait?: () => void;
};

export type ConsoleOptions = {
  readonly onData: (data: Uint8Array) => void;
  /** Take it from whoever is at it. */
  readonly force?: boolean;
};

export type AgentExecOptions = {
  /** All of its standard input, at most 2 MiB. */
  readonly input?: Uint8Array;
  /** Called once for each output that is not empty, when the command has ended. */
  readonly onOutput: (stream: "stdout" | "stderr", data: Uint8Array) => void | Promise<void>;
  /** Asks the command to end (SIGTERM). */
  readonly signal?: AbortSignal;
};

/** A port of the host that leads into a VM. */
export type PortRow = PortForward & {
  /** ssh's own is hutch's way in, and stays. */
  readonly purpose: "ssh" | "published";
};

export type MountRow = Mount & {
  readonly machine: string;
  /** By sshfs: whether a hutch of this user holds it, here and now. null for devices, which need nobody. */
  readonly held: boolean | null;
};

/** Of a folder that is held: its VM went away, and came back with the folder in it. */
export type MountTurn = "gone" | "back";

export type HoldOptions = {
  /** Gives up while it is not there yet. */
  readonly signal?: AbortSignal;
  /** Hears when the VM went away, and when the folder is in it again. */
  readonly onTurn?: (turn: MountTurn) => void;
};

/** A folder that a VM sees for as long as somebody holds it, whenever it runs. */
export type HeldMount = {
  readonly mount: MountRow;
  /** Resolves when it is over, from either side; rejects when the VM came back and the folder could not. */
  readonly ended: Promise<void>;
  /** Unmounts it. E_CONFLICT while it is in use in the guest. */
  close(): Promise<void>;
};

export type SshConfig = {
  /** Lines for ssh's configuration. */
  readonly text: string;
  /** Names that stand in it. */
  readonly hosts: readonly string[];
  /** VMs that were left out, and why. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
  /** Where it is installed; null when it is not. */
  readonly file: string | null;
};

export type Inventory = { readonly text: string; readonly hosts: readonly string[]; readonly left: SshConfig["left"] };

/** Told once: nothing keeps it. */
export type ConsolePassword = { readonly name: string; readonly user: string; readonly password: string };

/** How a VM's screen is reached. */
export type DisplayInfo = {
  readonly name: string;
  /** `vnc` or `spice`. */
  readonly kind: string;
  /** On the VM's host. */
  readonly address: string;
  readonly port: number;
  /** For a viewer: on that host, or at this end of the tunnel. */
  readonly url: string;
  /** The command that leads the port here, from a machine that is not the VM's host; null where none is needed. */
  readonly tunnel: string | null;
};
