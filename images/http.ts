import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { ImageError } from "./errors.ts";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Must be read to its end or destroyed. */
  readonly body: IncomingMessage;
};

export type GetOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** No byte for so long, before or during the answer, and the connection is given up. */
  readonly stallMs: number;
};

const REDIRECTS_MAX = 8;

/**
 * Asks for a URL and follows redirects, but never from https to http. The body comes as the server sent it: a compressed one
 * is asked not to be, and refused if it is.
 *
 * Fails with `unreachable` (no answer: name, connection, TLS), `refused` (redirects, encoding, not an http address) or
 * `cancelled`. The answer may have any status. A break or a stall during the body is an error of the body.
 */
export async function get(url: string, options: GetOptions): Promise<Answer> {
  let at = url;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const answer = await getOnce(at, options);
    const location = answer.headers.location;
    if (answer.status < 300 || answer.status > 399 || location === undefined) return decoded(at, answer);
    answer.body.destroy();
    const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
    if (next === undefined) throw new ImageError("refused", `${at} redirects to an address that is none: ${location}.`);
    if (next.protocol !== "https:" && new URL(at).protocol === "https:") {
      throw new ImageError(
        "refused",
        `${at} redirects from https to ${next.protocol.slice(0, -1)}, which is not followed.`,
      );
    }
    at = next.href;
  }
  throw new ImageError("refused", `${url} redirects more than ${REDIRECTS_MAX} times.`);
}

/** A small text, as a list of digests. Fails as `get`, with `not-found`, and with `refused` for other statuses or over 4 MiB. */
export async function getText(url: string, options: GetOptions): Promise<string> {
  const { status, body } = await get(url, options);
  if (status !== 200) {
    body.destroy();
    throw statusError(url, status);
  }
  try {
    let text = "";
    for await (const chunk of body.setEncoding("utf8")) {
      text += String(chunk);
      if (text.length > 4 * 1024 * 1024)
        throw new ImageError("refused", `${url} is too large to be a list of digests.`);
    }
    return text;
  } catch (error) {
    throw error instanceof ImageError ? error : connectionError(url, error, options.signal);
  }
}

export function statusError(url: string, status: number): ImageError {
  if (status === 404 || status === 410) return new ImageError("not-found", `${url} does not exist (${status}).`);
  return new ImageError("refused", `${url} was refused by its server (${status}).`);
}

function decoded(url: string, answer: Answer): Answer {
  const encoding = answer.headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return answer;
  answer.body.destroy();
  throw new ImageError("refused", `${url} was sent compressed (${encoding}), though asked not to be.`);
}

function getOnce(url: string, { headers, signal, stallMs }: GetOptions): Promise<Answer> {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  const request = protocol === "https:" ? httpsRequest : protocol === "http:" ? httpRequest : undefined;
  if (request === undefined) throw new ImageError("refused", `${url} is not an http or https address.`);
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      headers: { "user-agent": "hutch", "accept-encoding": "identity", ...headers },
      timeout: stallMs,
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.once("response", (body) => resolve({ status: body.statusCode ?? 0, headers: body.headers, body }));
    outgoing.once("timeout", () => outgoing.destroy(new Error(`nothing came for ${stallMs} ms`)));
    outgoing.on("error", (error) => reject(connectionError(url, error, signal)));
    outgoing.end();
  });
}

/** What a broken connection means to the user. */
function connectionError(url: string, error: unknown, signal: AbortSignal | undefined): ImageError {
  if (signal?.aborted) return new ImageError("cancelled", `Getting ${url} was cancelled.`, { cause: error });
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const { host, hostname } = new URL(url);
  return new ImageError("unreachable", `${host} cannot be reached.`, {
    why: whyOf(code, hostname, error),
    cause: error,
  });
}

function whyOf(code: string, hostname: string, error: unknown): string {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `The name ${hostname} could not be looked up (${code}).`;
  if (/CERT|TLS|ALTNAME|SELF_SIGNED|UNABLE_TO/.test(code)) return `Its TLS certificate was not accepted (${code}).`;
  if (code === "EPROTO") return "It does not speak TLS at that port.";
  if (code === "ECONNREFUSED") return "Nothing answers at that port.";
  return error instanceof Error && error.message !== "" ? error.message : code;
}
