import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { connect as connectTls } from "node:tls";
import { DirectConnection } from "./direct-body.ts";
import { ImageError } from "./errors.ts";
import { basicAuth, proxyFor, withoutSecrets } from "./proxy.ts";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** Must be read to its end or destroyed. */
  readonly body: IncomingMessage;
  /** Where the body's bytes can be had past its stream: without TLS. */
  readonly connection: DirectConnection | undefined;
};

export type GetOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** No byte for so long, before or during the answer, and the connection is given up. */
  readonly stallMs: number;
};

export type SendOptions = GetOptions & {
  readonly method: "HEAD" | "POST" | "PUT" | "PATCH";
  /** What is sent; a stream is sent as it comes, its length said in the headers. */
  readonly body?: Readable | Uint8Array;
};

const REDIRECTS_MAX = 8;

/**
 * Asks for a URL and follows redirects, but never from https to http, nor with our credentials to another host. Goes through
 * the proxy that the environment names. The body comes as the server sent it: a compressed one is asked not to be, and
 * refused if it is.
 *
 * Fails with `unreachable` (no answer: name, connection, proxy, TLS), `refused` (redirects, encoding, not an http address),
 * `unsupported` (the proxy) or `cancelled`. The answer may have any status. A break or a stall during the body is an error of
 * the body.
 */
export async function get(url: string, options: GetOptions): Promise<Answer> {
  let at = url;
  let { headers = {} } = options;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const answer = await once(at, "GET", { ...options, headers });
    const location = answer.headers.location;
    if (answer.status < 300 || answer.status > 399 || location === undefined) return decoded(answer);
    answer.body.destroy();
    const shown = withoutSecrets(at);
    const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
    if (next === undefined) throw new ImageError("refused", `${shown} redirects to an address that is none.`);
    const from = new URL(at);
    if (next.protocol !== "https:" && from.protocol === "https:") {
      const to = next.protocol.slice(0, -1);
      throw new ImageError("refused", `${shown} redirects from https to ${to}, which is not followed.`);
    }
    if (next.origin !== from.origin) {
      const { authorization: _, ...others } = headers;
      headers = others;
    }
    at = next.href;
  }
  throw new ImageError("refused", `${withoutSecrets(url)} redirects more than ${REDIRECTS_MAX} times.`);
}

/** Sends something to exactly this address: a redirect is an answer. Fails as `get`. */
export function send(url: string, options: SendOptions): Promise<Answer> {
  return once(url, options.method, options);
}

/** A small text, as a list of digests. Fails as `get`, with `not-found`, and with `refused` for other statuses or over 4 MiB. */
export async function getText(url: string, options: GetOptions): Promise<string> {
  const answer = await get(url, options);
  if (answer.status !== 200) {
    answer.body.destroy();
    throw statusError(url, answer.status);
  }
  return textOf(answer, url, options.signal);
}

/** The body of an answer as text. Fails with `refused` over 4 MiB, or as a connection does. */
export async function textOf({ body }: Answer, url: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    let text = "";
    for await (const chunk of body.setEncoding("utf8")) {
      text += String(chunk);
      if (text.length > 4 * 1024 * 1024)
        throw new ImageError("refused", `${withoutSecrets(url)} is too large for a list or a description.`);
    }
    return text;
  } catch (error) {
    throw error instanceof ImageError ? error : connectionError(url, error, signal);
  }
}

export function statusError(url: string, status: number): ImageError {
  const shown = withoutSecrets(url);
  if (status === 404 || status === 410) return new ImageError("not-found", `${shown} does not exist (${status}).`);
  if (status === 407) return new ImageError("unreachable", "The proxy wants another user or password (407).");
  return new ImageError("refused", `${shown} was refused by its server (${status}).`);
}

function decoded(answer: Answer): Answer {
  const encoding = answer.headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return answer;
  // Apache is often told to call a file that is packed an encoded one: it sends what it has, as we want it.
  if (/^(x-)?gzip$/.test(encoding) && /\.t?gz$/.test(new URL(answer.url).pathname)) return answer;
  answer.body.destroy();
  throw new ImageError(
    "refused",
    `${withoutSecrets(answer.url)} was sent compressed (${encoding}), though asked not to be.`,
  );
}

type Sent = GetOptions & { readonly body?: SendOptions["body"] };

async function once(url: string, method: string, { headers, signal, stallMs, body }: Sent): Promise<Answer> {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || !/^https?:$/.test(target.protocol))
    throw new ImageError("refused", `${withoutSecrets(url)} is not an http or https address.`);
  const authorization = basicAuth(target);
  // node:http would decode them once more, and fails at a lone percent sign.
  target.username = target.password = "";
  const options: RequestOptions = {
    method,
    headers: {
      "user-agent": "hutch",
      "accept-encoding": "identity",
      ...(authorization === undefined ? {} : { authorization }),
      ...headers,
    },
    timeout: stallMs,
    ...(signal === undefined ? {} : { signal }),
  };
  const proxy = proxyFor(target, process.env);
  const isOpen = [target, proxy ?? target].every(({ protocol }) => protocol === "http:");
  const connection = isOpen && method === "GET" ? new DirectConnection() : undefined;
  if (connection !== undefined) options.createConnection = (to) => connection.open(to);
  try {
    const outgoing = await openRequest(target, proxy, options);
    return { ...(await answerTo(outgoing, url, stallMs, body)), connection };
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const isAsked = proxy !== undefined && target.protocol === "http:";
    throw isAsked ? proxyError(proxy, error, signal) : connectionError(target.href, error, signal);
  }
}

async function openRequest(target: URL, proxy: URL | undefined, options: RequestOptions): Promise<ClientRequest> {
  const isTls = target.protocol === "https:";
  if (proxy === undefined) return (isTls ? httpsRequest : httpRequest)(target, options);
  const proxyAuth = basicAuth(proxy);
  const auth = proxyAuth === undefined ? {} : { "proxy-authorization": proxyAuth };
  if (!isTls) {
    const path = `${target.origin}${target.pathname}${target.search}`;
    const headers = { ...options.headers, host: target.host, ...auth };
    return (proxy.protocol === "https:" ? httpsRequest : httpRequest)({ ...options, ...partsOf(proxy), path, headers });
  }
  const tunnel = await openTunnel(target, proxy, auth, options);
  const servername = target.hostname.replace(/^\[|\]$/g, "");
  const request = httpsRequest(target, {
    ...options,
    agent: false,
    createConnection: () => connectTls({ socket: tunnel, servername: /^[\d.:]+$/.test(servername) ? "" : servername }),
  });
  // A proxy that does not hear of the end would keep it open, and us running.
  request.once("close", () => tunnel.destroy());
  return request;
}

const partsOf = ({ protocol, hostname, port }: URL) => ({
  protocol,
  hostname: hostname.replace(/^\[|\]$/g, ""),
  port,
});

/** A connection through a proxy to the target's own port. */
function openTunnel(
  target: URL,
  proxy: URL,
  auth: Readonly<Record<string, string>>,
  { timeout, signal }: RequestOptions,
): Promise<Socket> {
  const place = `${target.hostname}:${target.port || 443}`;
  const parts = partsOf(proxy);
  return new Promise((resolve, reject) => {
    const asking = (parts.protocol === "https:" ? httpsRequest : httpRequest)({
      ...{ ...parts, method: "CONNECT", path: place, agent: false },
      headers: { host: place, "user-agent": "hutch", ...auth },
      ...(timeout === undefined ? {} : { timeout }),
      ...(signal === undefined ? {} : { signal }),
    });
    asking.once("connect", ({ statusCode = 0 }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      const why = statusCode === 407 ? "It wants another user or password." : `It refuses to lead to ${place}.`;
      reject(new ImageError("unreachable", `The proxy ${proxy.host} answered ${statusCode}.`, { why }));
    });
    asking.once("timeout", () => asking.destroy(new Error(`nothing came for ${timeout} ms`)));
    asking.once("error", (error) => reject(proxyError(proxy, error, signal)));
    asking.end();
  });
}

function answerTo(
  outgoing: ClientRequest,
  url: string,
  stallMs: number,
  body: SendOptions["body"],
): Promise<Omit<Answer, "connection">> {
  return new Promise((resolve, reject) => {
    outgoing.once("response", (incoming) =>
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, url, body: incoming }),
    );
    outgoing.once("timeout", () => outgoing.destroy(new Error(`nothing came for ${stallMs} ms`)));
    outgoing.on("error", reject);
    if (body === undefined || body instanceof Uint8Array) outgoing.end(body);
    else pipeline(body, outgoing).catch(reject);
  });
}

/** What a broken connection means to the user. */
function connectionError(url: string, error: unknown, signal: AbortSignal | undefined): ImageError {
  if (signal?.aborted)
    return new ImageError("cancelled", `Getting ${withoutSecrets(url)} was cancelled.`, { cause: error });
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const { host, hostname } = new URL(url);
  return new ImageError("unreachable", `${host} cannot be reached.`, {
    why: whyOf(code, hostname, error),
    cause: error,
  });
}

/** Nobody who typed an image's name thinks of it. */
function proxyError(proxy: URL, error: unknown, signal: AbortSignal | undefined): ImageError {
  const { kind, message, why, cause } = connectionError(proxy.href, error, signal);
  if (kind === "cancelled") return new ImageError(kind, message, { cause });
  return new ImageError(kind, `The proxy ${proxy.host}, which the environment names, cannot be reached.`, {
    ...(why === undefined ? {} : { why }),
    cause,
  });
}

function whyOf(code: string, hostname: string, error: unknown): string {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `The name ${hostname} could not be looked up (${code}).`;
  if (/CERT|TLS|ALTNAME|SELF_SIGNED|UNABLE_TO/.test(code)) return `Its TLS certificate was not accepted (${code}).`;
  if (code === "EPROTO") return "It does not speak TLS at that port.";
  if (code === "ECONNREFUSED") return "Nothing answers at that port.";
  return error instanceof Error && error.message !== "" ? error.message : code;
}
