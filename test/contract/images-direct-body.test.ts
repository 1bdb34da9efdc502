import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ByteSink, receive } from "../../images/direct-body.ts";
import { get } from "../../images/http.ts";
import { type Loopback, loopback } from "./images-loopback.ts";

const body = randomBytes(5 * 1024 * 1024 + 3);
let server: Loopback;
let isCut: boolean;

beforeEach(async () => {
  isCut = false;
  server = await loopback((response) => {
    response.writeHead(200, { "content-length": body.length });
    if (isCut) response.write(body.subarray(0, 1000), () => response.destroy());
    else response.end(body);
  });
});
afterEach(() => server.close());

/** Takes the bytes into pieces of memory that are never used twice, and is full after each `every` of them. */
class Pieces implements ByteSink {
  readonly #every: number;
  readonly #all: Uint8Array[] = [];
  #memory = new Uint8Array(0);
  #filled = 0;
  #sinceReady = 0;
  waits = 0;
  constructor(every: number) {
    this.#every = every;
  }
  get bytes(): Buffer {
    return Buffer.concat([...this.#all, this.#memory.subarray(0, this.#filled)]);
  }
  readonly room = (): Uint8Array => {
    if (this.#filled === this.#memory.length) {
      this.#all.push(this.#memory);
      this.#memory = new Uint8Array(100_000);
      this.#filled = 0;
    }
    return this.#memory.subarray(this.#filled);
  };
  readonly took = (bytes: number): boolean => {
    this.#filled += bytes;
    this.#sinceReady += bytes;
    return this.#sinceReady < this.#every;
  };
  readonly ready = async (): Promise<void> => {
    this.waits++;
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.#sinceReady = 0;
  };
}

describe("a body that is received directly", () => {
  it("is whole, and the network waits whenever there is no room", async () => {
    const answer = await get(server.url, { stallMs: 5000 });
    const pieces = new Pieces(500_000);
    await receive(answer.body, answer.connection, body.length, pieces);
    answer.body.destroy();
    expect(pieces.bytes.equals(body)).toBe(true);
    expect(pieces.waits).toBeGreaterThan(5);
  });

  it("is whole when it has waited long for whoever wants it", async () => {
    const answer = await get(server.url, { stallMs: 5000 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const pieces = new Pieces(500_000);
    await receive(answer.body, answer.connection, body.length, pieces);
    answer.body.destroy();
    expect(pieces.bytes.equals(body)).toBe(true);
  });

  it("fails when the connection broke before anybody looked at it", async () => {
    isCut = true;
    const answer = await get(server.url, { stallMs: 5000 });
    await new Promise((resolve) => answer.body.once("close", resolve));
    await expect(receive(answer.body, answer.connection, body.length, new Pieces(500_000))).rejects.toThrow(
      "the connection was closed",
    );
  });

  it("fails as whoever takes it does", async () => {
    const answer = await get(server.url, { stallMs: 5000 });
    const pieces = new Pieces(500_000);
    const full = { room: pieces.room, took: pieces.took, ready: () => Promise.reject(new Error("full")) };
    await expect(receive(answer.body, answer.connection, body.length, full)).rejects.toThrow("full");
    answer.body.destroy();
  });
});
