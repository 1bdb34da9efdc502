import type { MessagePort, Worker } from "node:worker_threads";
import type { LibraryNames } from "../native/library.ts";
import type { ConnectionOptions } from "../session/connection.ts";
import type { LaneSpec, Role, ThreadStart } from "../wire/frames.ts";

/** Run as it is from source; beside the bundle it is a file of its own. */
const ENTRY = import.meta.url.endsWith(".ts")
  ? new URL("./entry.ts", import.meta.url)
  : new URL("./ffi-worker.js", import.meta.url);

/** Our end of a lane, and the thread behind it. */
export type Link = {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly abort: Int32Array;
  /** Ends the thread if no other lane uses it. Only after the lane has answered `close`. */
  readonly release: () => Promise<void>;
};

/** Loaded when a thread is needed: a program that reads once and exits has none, and must start fast. */
const threads = () => process.getBuiltinModule("node:worker_threads");

type Shared = { readonly worker: Worker; users: number };

/** libvirt has one event loop a process, so all observers share one thread. */
let observers: Shared | null = null;
let eventLoopRegistered = false;

export function openLink(role: Role, connection: ConnectionOptions, library: LibraryNames): Link {
  const { MessageChannel } = threads();
  const { port1, port2 } = new MessageChannel();
  const abort = new SharedArrayBuffer(4);
  const lane: LaneSpec = { role, connection, library, port: port2, abort };
  const worker = role === "observer" ? joinObservers(lane) : startThread(lane);
  const release = role === "observer" ? leaveObservers : () => worker.terminate().then(() => undefined);
  return { worker, port: port1, abort: new Int32Array(abort), release };
}

function startThread(lane: LaneSpec): Worker {
  const registerEventLoop = lane.role === "observer" && !eventLoopRegistered;
  if (registerEventLoop) eventLoopRegistered = true;
  const workerData: ThreadStart = { lane, registerEventLoop };
  const worker = new (threads().Worker)(ENTRY, { workerData, transferList: [lane.port], execArgv: [] });
  // Only a call under way keeps the process alive, by its port.
  worker.unref();
  return worker;
}

function joinObservers(lane: LaneSpec): Worker {
  if (observers !== null) {
    observers.users += 1;
    observers.worker.postMessage(lane, [lane.port]);
    return observers.worker;
  }
  const worker = startThread(lane);
  worker.setMaxListeners(0);
  const shared: Shared = { worker, users: 1 };
  worker.once("exit", () => {
    if (observers === shared) observers = null;
  });
  observers = shared;
  return worker;
}

async function leaveObservers(): Promise<void> {
  if (observers === null || --observers.users > 0) return;
  const { worker } = observers;
  observers = null;
  await worker.terminate();
}
