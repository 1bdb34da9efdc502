import type { ClientRequestArgs, IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";

/** What the kernel is asked for at once as long as node:http reads. */
const READ_BYTES = 64 * 1024;

/** Takes bytes that are put into its own memory. */
export type ByteSink = {
  /** Where the next bytes go; never empty. */
  readonly room: () => Uint8Array;
  /** So many bytes were put at the start of `room()`. False when less than `READ_BYTES` would have room after them. */
  readonly took: (bytes: number) => boolean;
  /** Resolves when there is room again; rejects when nothing more can be taken. */
  readonly ready: () => Promise<void>;
};

/**
 * A connection that node:http reads as any other, until the rest of a body is led past it: then the kernel writes into the
 * sink's memory. Streams would allocate, copy and queue each 64 KiB, which takes longer than all the rest of a download.
 */
export class DirectConnection {
  readonly #own = new Uint8Array(READ_BYTES);
  #room = (): Uint8Array => this.#own;
  #came: (bytes: Uint8Array) => boolean = () => true;
  #socket: Socket | undefined;

  /** For the `createConnection` of a request. */
  open({ host, port, timeout }: ClientRequestArgs): Socket {
    const onread = {
      buffer: () => this.#room(),
      callback: (count: number, memory: Uint8Array) => this.#came(memory.subarray(0, count)),
    };
    const socket = connect({ host: host ?? "localhost", port: Number(port), timeout, onread });
    this.#came = (bytes) => socket.push(Buffer.from(bytes));
    this.#socket = socket;
    return socket;
  }

  /** Whether node:http has all that came: then no byte is lost when the next ones are led elsewhere. */
  get isRead(): boolean {
    return this.#socket?.readableLength === 0;
  }

  /** Leads the next `bytes` bytes into the sink, which must be ready. Rejects as the sink does; a break is told to the body. */
  lead(bytes: number, sink: ByteSink): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = bytes;
      this.#room = sink.room;
      this.#came = (came) => {
        // What a server sends after the body that it promised is none of it.
        const taken = came.subarray(0, left);
        left -= taken.length;
        // The first read was asked for before, and lies in our own memory.
        const isReady = taken.buffer === this.#own.buffer ? put(taken, sink) : sink.took(taken.length);
        if (left === 0) resolve();
        else if (!isReady) sink.ready().then(() => this.#socket?.resume(), reject);
        return isReady && left > 0;
      };
      this.#socket?.resume();
    });
  }
}

/** Puts a whole body into the sink, directly where its connection and its known length allow it. Fails as the body and the sink do. */
export async function receive(
  body: IncomingMessage,
  connection: DirectConnection | undefined,
  length: number | undefined,
  sink: ByteSink,
): Promise<void> {
  if (connection === undefined || length === undefined) {
    for await (const chunk of body) await putAll(chunk, sink);
    return;
  }
  const broken = new Promise<never>((_, reject) => {
    const onClose = (): void => reject(new Error("the connection was closed"));
    body.once("error", reject);
    body.once("close", onClose);
    // What happened before we looked is not told again.
    if (body.destroyed) onClose();
  });
  await Promise.race([broken, receiveDirectly(body, connection, length, sink)]);
}

async function receiveDirectly(
  body: IncomingMessage,
  connection: DirectConnection,
  length: number,
  sink: ByteSink,
): Promise<void> {
  for (let left = length; left > 0; ) {
    const early: Buffer | null = body.read();
    if (early !== null) {
      left -= early.length;
      await putAll(early, sink);
    } else if (connection.isRead) return connection.lead(left, sink);
    else await setImmediate();
  }
}

async function putAll(bytes: Uint8Array, sink: ByteSink): Promise<void> {
  for (let done = 0; done < bytes.length; done += READ_BYTES)
    if (!put(bytes.subarray(done, done + READ_BYTES), sink)) await sink.ready();
}

/** At most `READ_BYTES`, into a sink that is ready. */
function put(bytes: Uint8Array, sink: ByteSink): boolean {
  let isReady = true;
  for (let done = 0; done < bytes.length; ) {
    const room = sink.room();
    const piece = bytes.subarray(done, done + room.length);
    room.set(piece);
    isReady = sink.took(piece.length);
    done += piece.length;
  }
  return isReady;
}
