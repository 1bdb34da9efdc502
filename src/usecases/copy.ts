/** Files and folders between this host and VMs, or from one VM to another, over the ssh connection that is there already. */
import { type CopyPlace, type CopyRequest, type CopyResult, formatPlace, parseCopy } from "../core/copy.ts";
import { HutchError } from "../core/errors.ts";
import { receiveInGuest, sendFromGuest } from "../host/copy/guest-side.ts";
import { assertSendable, receiveOnHost, sendFromHost, sendFromStream } from "../host/copy/host-side.ts";
import { counted, type Payload, type ReceiveHow } from "../host/copy/payload.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { type Operation, type OpScope, type StepScope, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { enterWithin } from "./enter.ts";
import { operationEnvironment } from "./operation-environment.ts";

/** What `-` stands for. */
export type CopyStreams = {
  readonly input?: () => NodeJS.ReadableStream;
  readonly output?: (chunk: Uint8Array) => Promise<void>;
};

/** A step tells of its bytes at most this often, in bytes. */
const TELL_EVERY = 4 * 1024 ** 2;

/**
 * Copies each source in turn, under the rules of cp: into a folder that is there, else under the name given. E_USAGE for an
 * order that makes no sense, E_NOT_FOUND for what is not there, E_CONFLICT, E_GUEST. Cancellable: a file is put in place
 * only when all of it has come.
 */
export function copy(ctx: Context, request: CopyRequest, streams: CopyStreams): Operation<readonly CopyResult[]> {
  const { from, to } = parseCopy(request);
  const title = `Copy ${request.from.join(", ")} to ${request.to}`;
  return startOperation(operationEnvironment(ctx), { kind: "copy", title, subject: request.to }, async (op) => {
    for (const place of from) if (place.kind === "host") await assertSendable(place.path, request.recursive === true);
    const targets = await reachAll(ctx, op, [...from, to]);
    const results: CopyResult[] = [];
    for (const [index, place] of from.entries()) {
      const about = formatPlace(place);
      const bytes = await op.step(`copy ${index + 1}`, `Copy ${about}`, async (step) => {
        // A sender that nobody takes anything from any more would wait for ever.
        const broken = new AbortController();
        const signal = AbortSignal.any([step.signal, broken.signal]);
        try {
          const payload = await send(ctx, targets, place, request.recursive === true, streams, signal);
          const tally = new Tally(step, payload);
          const how = {
            into: from.length > 1,
            preserve: request.preserve === true,
            onBytes: (count: number) => tally.add(count),
            signal,
          };
          await receive(ctx, targets, payload, to, how, streams);
          return tally.end();
        } catch (error) {
          broken.abort();
          throw error;
        }
      });
      results.push({ name: about, bytes });
    }
    return results;
  });
}

/** Every VM that is named, reached before the first byte moves. */
async function reachAll(
  ctx: Context,
  op: OpScope,
  places: readonly CopyPlace[],
): Promise<ReadonlyMap<string, SshTarget>> {
  const targets = new Map<string, SshTarget>();
  for (const place of places) {
    if (place.kind !== "machine" || targets.has(place.machine)) continue;
    targets.set(place.machine, (await enterWithin(ctx, op, place.machine)).target);
  }
  return targets;
}

async function send(
  ctx: Context,
  targets: ReadonlyMap<string, SshTarget>,
  place: CopyPlace,
  recursive: boolean,
  streams: CopyStreams,
  signal: AbortSignal,
): Promise<Payload> {
  switch (place.kind) {
    case "host":
      return sendFromHost(place.path, recursive, signal);
    case "machine":
      return sendFromGuest(guestOf(ctx, targets, place.machine), place.path, recursive, signal);
    case "stream":
      if (streams.input === undefined) throw noStream("input");
      return sendFromStream(streams.input(), ctx.now());
  }
}

async function receive(
  ctx: Context,
  targets: ReadonlyMap<string, SshTarget>,
  payload: Payload,
  to: CopyPlace,
  how: ReceiveHow,
  streams: CopyStreams,
): Promise<void> {
  switch (to.kind) {
    case "host":
      return receiveOnHost(payload, to.path, how);
    case "machine":
      return receiveInGuest(guestOf(ctx, targets, to.machine), payload, to.path, how);
    case "stream": {
      const { output } = streams;
      if (output === undefined) throw noStream("output");
      if (payload.about.kind === "folder")
        throw new HutchError({ code: "E_USAGE", message: "A folder cannot be written to -; only a file can." });
      for await (const chunk of counted(payload, how.onBytes)) await output(chunk);
      return payload.whole();
    }
  }
}

function guestOf(ctx: Context, targets: ReadonlyMap<string, SshTarget>, machine: string) {
  const target = targets.get(machine);
  if (target === undefined) throw new Error(`${machine} was not reached`);
  return { paths: ctx.paths, target };
}

function noStream(side: "input" | "output"): HutchError {
  return new HutchError({ code: "E_USAGE", message: `There is no stream for -: copy() needs an ${side}.` });
}

/** Counts, and tells now and then. */
class Tally {
  readonly #step: StepScope;
  readonly #total: number | undefined;
  #bytes = 0;
  #told = 0;

  constructor(step: StepScope, { about }: Payload) {
    this.#step = step;
    this.#total = about.kind === "file" ? (about.bytes ?? undefined) : undefined;
  }

  add(count: number): void {
    this.#bytes += count;
    if (this.#bytes - this.#told < TELL_EVERY) return;
    this.#told = this.#bytes;
    this.#step.progress(this.#bytes, this.#total, "bytes");
  }

  end(): number {
    this.#step.progress(this.#bytes, this.#total ?? this.#bytes, "bytes");
    return this.#bytes;
  }
}
