/** What a client and its threads say to one another. A thread serves one or more lanes; each lane is one message port. */
import type { MessagePort } from "node:worker_threads";
import type { LibraryNames } from "../native/library.ts";
import type { ConnectionOptions } from "../session/connection.ts";
import type { Methods, WireEvent, WireFault } from "./protocol.ts";

/** What only the observer does: it listens, and it holds consoles. */
export type ObserverMethods = {
  /** Events follow as frames until the lane closes. */
  "events.subscribe": { in: Record<never, never>; out: null };
  /** Output follows as `console` frames until it ends or is closed; the number is the caller's choice. */
  "console.open": {
    in: { readonly console: number; readonly uuid: string; readonly device: string | null; readonly force: boolean };
    out: null;
  };
  "console.write": { in: { readonly console: number; readonly data: Uint8Array }; out: null };
  "console.close": { in: { readonly console: number }; out: null };
};

export type LaneMethods = Methods & ObserverMethods;
export type LaneMethod = keyof LaneMethods;
export type Role = "calls" | "observer";

export type LaneSpec = {
  readonly role: Role;
  readonly connection: ConnectionOptions;
  readonly library: LibraryNames;
  readonly port: MessagePort;
  /** One 32-bit number: the id of the call to give up, looked at between chunks of a transfer. */
  readonly abort: SharedArrayBuffer;
};

/** First word to a new thread; later lanes come as messages of their own. */
export type ThreadStart = { readonly lane: LaneSpec; readonly registerEventLoop: boolean };

export type ToLane =
  | { readonly type: "call"; readonly id: number; readonly method: LaneMethod; readonly input: unknown }
  /** The last batch of events was taken: another may be sent. */
  | { readonly type: "taken" }
  | { readonly type: "close" };

export type FromLane =
  | { readonly type: "done"; readonly id: number; readonly output: unknown }
  | { readonly type: "failed"; readonly id: number; readonly fault: WireFault }
  | { readonly type: "progress"; readonly id: number; readonly done: number; readonly total: number }
  | { readonly type: "events"; readonly events: readonly WireEvent[] }
  | { readonly type: "console"; readonly console: number; readonly data: Uint8Array }
  | { readonly type: "console-ended"; readonly console: number }
  /** Answer to `close`; `left` is the number of objects that were not freed. */
  | { readonly type: "closed"; readonly left: number };
