/** What runs in every thread: one lane at the start, more (on the observer's thread) as they are asked for. */
import { parentPort, workerData } from "node:worker_threads";
import { toWireFault } from "../fault.ts";
import { createCall } from "../native/call.ts";
import type { CallContext } from "../session/handlers.ts";
import { Observer } from "../session/observer.ts";
import { Pump } from "../session/pump.ts";
import { Session } from "../session/session.ts";
import type { FromLane, LaneMethod, LaneSpec, ThreadStart, ToLane } from "../wire/frames.ts";

type Servant = {
  run(method: LaneMethod, input: unknown, context: CallContext): unknown;
  taken(): void;
  close(): number;
};

const start = workerData as ThreadStart;
let pump: Pump | undefined;

function servantFor(spec: LaneSpec, send: (frame: FromLane) => void): Servant {
  if (spec.role === "calls") {
    const session = new Session(spec.connection, spec.library);
    return {
      run: (method, input, context) => session.run(method as never, input as never, context),
      taken: () => undefined,
      close: () => session.close(),
    };
  }
  pump ??= new Pump(createCall(spec.library), start.registerEventLoop);
  const observer = new Observer(spec.connection, spec.library, pump, {
    events: (events) => send({ type: "events", events }),
    data: (console, data) => send({ type: "console", console, data }),
    ended: (console) => send({ type: "console-ended", console }),
  });
  return {
    run: (method, input) => observer.run(method as never, input as never),
    taken: () => observer.taken(),
    close: () => observer.close(),
  };
}

function serve(spec: LaneSpec): void {
  const { port } = spec;
  const send = (frame: FromLane) => port.postMessage(frame);
  const abort = new Int32Array(spec.abort);
  let servant: Servant | undefined;

  const runCall = ({ id, method, input }: Extract<ToLane, { type: "call" }>): void => {
    try {
      servant ??= servantFor(spec, send);
      const output = servant.run(method, input, {
        aborted: () => Atomics.load(abort, 0) === id,
        progress: (done, total) => send({ type: "progress", id, done, total }),
      });
      send({ type: "done", id, output });
    } catch (error) {
      send({ type: "failed", id, fault: toWireFault(error, method) });
    }
  };

  port.on("message", (frame: ToLane) => {
    switch (frame.type) {
      case "call":
        runCall(frame);
        break;
      case "taken":
        servant?.taken();
        break;
      case "close":
        send({ type: "closed", left: servant?.close() ?? 0 });
        port.close();
        break;
    }
  });
}

serve(start.lane);
parentPort?.on("message", serve);
