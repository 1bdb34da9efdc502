import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Loopback = {
  readonly url: string;
  /** The headers of every request so far, in order. */
  readonly requests: readonly IncomingMessage["headers"][];
  readonly close: () => Promise<void>;
};

/** A server on 127.0.0.1 that answers each request, counted from 0, as told. */
export async function loopback(
  answer: (response: ServerResponse, request: IncomingMessage, count: number) => void,
): Promise<Loopback> {
  const requests: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    answer(response, request, requests.length - 1);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers as a good server does: ranges, If-Range, a strong ETag. */
export function serve(response: ServerResponse, request: IncomingMessage, body: Buffer, etag: string): void {
  const { from, size } = rangeOf(request, body, etag);
  response.writeHead(from === 0 ? 200 : 206, {
    etag,
    "accept-ranges": "bytes",
    "content-length": size - from,
    ...(from === 0 ? {} : { "content-range": `bytes ${from}-${size - 1}/${size}` }),
  });
  response.end(body.subarray(from));
}

/** Promises the rest of the body, sends only up to `until` and cuts the connection. */
export function serveUntil(
  response: ServerResponse,
  request: IncomingMessage,
  body: Buffer,
  etag: string,
  until: number,
): void {
  const { from, size } = rangeOf(request, body, etag);
  response.writeHead(from === 0 ? 200 : 206, {
    etag,
    "content-length": size - from,
    ...(from === 0 ? {} : { "content-range": `bytes ${from}-${size - 1}/${size}` }),
  });
  response.write(body.subarray(from, until), () => setTimeout(() => response.destroy(), 30));
}

function rangeOf(request: IncomingMessage, body: Buffer, etag: string): { from: number; size: number } {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
  const current = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
  return { from: range !== null && current ? Number(range[1]) : 0, size: body.length };
}
