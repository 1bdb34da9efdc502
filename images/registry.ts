import type { Readable } from "node:stream";
import { ImageError } from "./errors.ts";
import { type Answer, get, type SendOptions, send, statusError, textOf } from "./http.ts";
import { withoutSecrets } from "./proxy.ts";
import { type Reference, registryUrl } from "./registry-reference.ts";

export type RegistryOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Without TLS; loopback needs no such word. */
  readonly plainHttp?: boolean;
  /** `Basic …`, for a registry that knows the user. */
  readonly authorization?: string | undefined;
};

const STALL_MS = 30_000;

/** One repository of a registry, spoken to by the distribution protocol. Tokens are asked for when the registry wants one. */
export class Registry {
  readonly #base: string;
  readonly #host: string;
  readonly #options: RegistryOptions;
  #authorization: string | undefined;

  constructor(reference: Reference, options: RegistryOptions) {
    const url = registryUrl(reference, options.plainHttp ?? false);
    this.#host = reference.host;
    this.#base = `${url}/v2/${reference.repository}`;
    this.#options = options;
  }

  /** A manifest with its type and bytes as they are digested. Fails as `get`, with `not-found` and `refused`. */
  async manifest(target: string, types: readonly string[]): Promise<{ readonly type: string; readonly text: string }> {
    const url = `${this.#base}/manifests/${target}`;
    const answer = await this.#ask("pull", (headers) =>
      get(url, { ...this.#how, headers: { ...headers, accept: types.join(", ") } }),
    );
    if (answer.status !== 200) throw this.#refusal(url, answer);
    const type = (answer.headers["content-type"] ?? "").replace(/;.*$/, "").trim();
    return { type, text: await textOf(answer, url, this.#options.signal) };
  }

  /** Where a blob is, and the headers that open it: for a download that can go on where it was cut. */
  blob(digest: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: `${this.#base}/blobs/${digest}`, headers: this.#headers };
  }

  async hasBlob(digest: string): Promise<boolean> {
    const answer = await this.#ask("pull,push", (headers) =>
      send(this.blob(digest).url, { ...this.#how, method: "HEAD", headers }),
    );
    answer.body.destroy();
    if (answer.status === 200) return true;
    if (answer.status === 404) return false;
    throw this.#refusal(this.blob(digest).url, answer);
  }

  /** Sends a blob in one stream; the registry checks the digest. Fails with `refused` when it does not take it. */
  async uploadBlob(digest: string, bytes: number, content: () => Readable | Uint8Array): Promise<void> {
    const start = `${this.#base}/blobs/uploads/`;
    const begun = await this.#ask("pull,push", (headers) => send(start, { ...this.#how, method: "POST", headers }));
    begun.body.destroy();
    const { location } = begun.headers;
    if (begun.status !== 202 || location === undefined) throw this.#refusal(start, begun);
    const place = new URL(location, start);
    place.searchParams.set("digest", digest);
    const ended = await send(place.href, {
      ...this.#how,
      method: "PUT",
      headers: { ...this.#headersFor(place), "content-type": "application/octet-stream", "content-length": `${bytes}` },
      body: content(),
    });
    if (ended.status !== 201)
      throw this.#refusal(place.href, ended, await textOf(ended, place.href, this.#options.signal));
    ended.body.destroy();
  }

  /** Fails with `refused` when the registry does not take it. */
  async putManifest(target: string, type: string, text: string): Promise<void> {
    const url = `${this.#base}/manifests/${target}`;
    const answer = await this.#ask("pull,push", (headers) =>
      send(url, {
        ...this.#how,
        method: "PUT",
        headers: { ...headers, "content-type": type },
        body: Buffer.from(text),
      }),
    );
    if (answer.status !== 201) throw this.#refusal(url, answer, await textOf(answer, url, this.#options.signal));
    answer.body.destroy();
  }

  get #how(): Pick<SendOptions, "signal" | "stallMs"> {
    return { signal: this.#options.signal, stallMs: STALL_MS };
  }

  get #headers(): Readonly<Record<string, string>> {
    return this.#authorization === undefined ? {} : { authorization: this.#authorization };
  }

  /** An upload may go on at another host, which has no business with our credentials. */
  #headersFor(place: URL): Readonly<Record<string, string>> {
    return place.host === this.#host ? this.#headers : {};
  }

  /** Asks, and once more with what the registry wants to see when it says 401. */
  async #ask(
    actions: string,
    request: (headers: Readonly<Record<string, string>>) => Promise<Answer>,
  ): Promise<Answer> {
    const answer = await request(this.#headers);
    if (answer.status !== 401) return answer;
    answer.body.destroy();
    this.#authorization = await this.#authorize(answer.headers["www-authenticate"] ?? "", actions);
    return request(this.#headers);
  }

  async #authorize(challenge: string, actions: string): Promise<string | undefined> {
    const { authorization } = this.#options;
    if (/^basic\b/i.test(challenge)) return authorization;
    const part = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
    const realm = part("realm");
    if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm)) return authorization;
    const url = new URL(realm);
    const isSafe = url.protocol === "https:" || this.#base.startsWith("http:");
    if (!isSafe) throw new ImageError("refused", `${this.#host} asks for credentials over an open connection.`);
    const service = part("service");
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", part("scope") ?? `repository:${this.#base.split("/v2/")[1]}:${actions}`);
    const answer = await get(url.href, {
      ...this.#how,
      headers: authorization === undefined ? {} : { authorization },
    });
    if (answer.status !== 200) throw this.#refusal(url.href, answer);
    const token = tokenOf(await textOf(answer, url.href, this.#options.signal));
    if (token === undefined) throw new ImageError("refused", `${url.host} gives no token.`);
    return `Bearer ${token}`;
  }

  #refusal(url: string, answer: Answer, said = ""): ImageError {
    answer.body.destroy();
    if (answer.status !== 401 && answer.status !== 403) {
      const error = statusError(url, answer.status);
      return said === "" ? error : new ImageError(error.kind, error.message, { why: said.slice(0, 500) });
    }
    return new ImageError("refused", `${this.#host} does not let us in (${answer.status}): ${withoutSecrets(url)}`, {
      why: "It wants a user and a password, or others than these, or does not have this repository.",
      next: ["docker login, or podman login: hutch reads what they keep"],
    });
  }
}

function tokenOf(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== "object" || answer === null) return undefined;
    const token = ("token" in answer && answer.token) || ("access_token" in answer && answer.access_token);
    return typeof token === "string" && token !== "" ? token : undefined;
  } catch {
    return undefined;
  }
}
