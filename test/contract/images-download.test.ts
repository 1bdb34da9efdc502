import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Digest, download, ImageError, type ImageErrorKind } from "../../images/index.ts";
import { type Loopback, loopback, serve, serveUntil } from "./images-loopback.ts";

const body = randomBytes(3 * 1024 * 1024 + 17);
const other = randomBytes(1024 * 1024);
const sha = (algorithm: "sha256" | "sha512", bytes: Buffer): Digest => ({
  algorithm,
  hex: createHash(algorithm).update(bytes).digest("hex"),
});
const digest = sha("sha512", body);
const timing = { stallMs: 300, attempts: 3, backoffMs: 5 };

let folder: string;
let target: string;
let server: Loopback | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-download-"));
  target = join(folder, "image.qcow2");
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

const start = async (answer: Parameters<typeof loopback>[0]): Promise<Loopback> => {
  server = await loopback(answer);
  return server;
};

/** The kind of failure of a promise that must fail. */
const kindOf = async (promise: Promise<unknown>): Promise<ImageErrorKind | "no failure"> => {
  try {
    await promise;
    return "no failure";
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return error.kind;
  }
};

const files = async (): Promise<string[]> => (await readdir(folder)).toSorted();

describe("a download", () => {
  it("is digested, checked and alone in its folder at the end", async () => {
    const { url } = await start((response, request) => serve(response, request, body, '"a"'));
    const seen: (readonly [number, number | undefined])[] = [];
    const result = await download({ url, digest }, target, { onProgress: (...now) => seen.push(now) });
    expect(result).toEqual({ bytes: body.length, digest, verified: true });
    expect((await readFile(target)).equals(body)).toBe(true);
    expect(await files()).toEqual(["image.qcow2"]);
    expect(seen.at(0)).toEqual([0, body.length]);
    expect(seen.at(-1)).toEqual([body.length, body.length]);
  });

  it("is right however often its memory is used anew, whether its length is known or not", async () => {
    const large = randomBytes(24 * 1024 * 1024 + 5);
    const { url, requests } = await start((response, request) => {
      if (request.url === "/known") return serve(response, request, large, '"a"');
      response.writeHead(200);
      response.end(large);
    });
    for (const [path, to] of [
      ["/known", target],
      ["/unknown", `${target}-2`],
    ] as const) {
      await download({ url: `${url}${path}`, digest: sha("sha256", large) }, to);
      expect((await readFile(to)).equals(large)).toBe(true);
    }
    expect(requests).toHaveLength(2);
  });

  it("takes no more of a server than it promised", async () => {
    const raw = createServer((socket) => {
      // Whoever does not read on is right to hang up.
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
        socket.end(Buffer.concat([body, other]));
      });
    });
    raw.listen(0, "127.0.0.1");
    await once(raw, "listening");
    try {
      const { port } = raw.address() as AddressInfo;
      await download({ url: `http://127.0.0.1:${port}/image`, digest }, target);
      expect((await readFile(target)).equals(body)).toBe(true);
    } finally {
      raw.close();
    }
  });

  it("says that nothing was verified when no digest was known", async () => {
    const { url } = await start((response, request) => serve(response, request, body, '"a"'));
    expect(await download({ url }, target)).toEqual({
      bytes: body.length,
      digest: sha("sha256", body),
      verified: false,
    });
  });

  it("needs no Content-Length", async () => {
    const { url } = await start((response) => {
      response.writeHead(200);
      response.end(body);
    });
    const totals = new Set<number | undefined>();
    await download({ url, digest }, target, { onProgress: (_, total) => totals.add(total) });
    expect((await readFile(target)).equals(body)).toBe(true);
    expect([...totals]).toEqual([undefined]);
  });

  it("leaves a target alone that has the digest already", async () => {
    const { url, requests } = await start((response, request) => serve(response, request, other, '"a"'));
    await writeFile(target, body);
    expect((await download({ url, digest }, target)).verified).toBe(true);
    expect(requests).toEqual([]);
  });

  it("replaces a target that has not", async () => {
    const { url } = await start((response, request) => serve(response, request, body, '"a"'));
    await writeFile(target, other);
    await download({ url, digest }, target);
    expect((await readFile(target)).equals(body)).toBe(true);
  });
});

describe("a download that is cut", () => {
  it("goes on where it stopped", async () => {
    const { url, requests } = await start((response, request, count) =>
      count === 0 ? serveUntil(response, request, body, '"a"', 2_000_000) : serve(response, request, body, '"a"'),
    );
    expect((await download({ url, digest }, target, { timing })).bytes).toBe(body.length);
    expect((await readFile(target)).equals(body)).toBe(true);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(requests[1]?.["if-range"]).toBe('"a"');
  });

  it("goes on in a later call, with the bytes of the earlier one in its digest", async () => {
    const { url, requests } = await start((response, request, count) =>
      count === 0 ? serveUntil(response, request, body, '"a"', 2_000_000) : serve(response, request, body, '"a"'),
    );
    expect(await kindOf(download({ url, digest }, target, { timing: { ...timing, attempts: 1 } }))).toBe("interrupted");
    expect(await files()).toEqual(["image.qcow2.part", "image.qcow2.part.json"]);
    const kept = (await stat(`${target}.part`)).size;
    expect(kept).toBeGreaterThan(0);
    expect(await download({ url, digest }, target)).toMatchObject({ verified: true, digest });
    expect(requests[1]?.range).toBe(`bytes=${kept}-`);
    expect(await files()).toEqual(["image.qcow2"]);
  });

  it.each([
    ["with a digest", digest],
    ["without one", undefined],
  ])("goes on where a server sent less than the rest, %s", async (_, known) => {
    const piece = 1024 * 1024 + 100;
    const { url, requests } = await start((response, request, count) => {
      if (count === 0) return serveUntil(response, request, body, '"a"', piece);
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1]);
      const bytes = body.subarray(from, from + piece);
      response.writeHead(206, {
        etag: '"a"',
        "content-length": bytes.length,
        "content-range": `bytes ${from}-${from + bytes.length - 1}/${body.length}`,
      });
      response.end(bytes);
    });
    const totals = new Set<number | undefined>();
    const source = known === undefined ? { url } : { url, digest: known };
    const got = await download(source, target, { timing, onProgress: (_done, total) => totals.add(total) });
    expect(got).toMatchObject({ bytes: body.length });
    expect((await readFile(target)).equals(body)).toBe(true);
    expect(totals).toEqual(new Set([body.length]));
    expect(requests).toHaveLength(3);
  });

  it("goes on where a server sent a piece unasked", async () => {
    const piece = 2 * 1024 * 1024;
    const { url, requests } = await start((response, request) => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const bytes = body.subarray(from, from + piece);
      const range = `bytes ${from}-${from + bytes.length - 1}/${body.length}`;
      response.writeHead(206, { etag: '"a"', "content-length": bytes.length, "content-range": range });
      response.end(bytes);
    });
    expect(await download({ url }, target, { timing })).toMatchObject({ bytes: body.length });
    expect((await readFile(target)).equals(body)).toBe(true);
    expect(requests).toHaveLength(2);
  });

  it("keeps nothing of a password or a signed link beside what it has", async () => {
    const { url } = await start((response, request) => serveUntil(response, request, body, '"a"', 1000));
    const secret = `${url.replace("//", "//ann:se%cret@")}/x?X-Signature=s3cret`;
    expect(await kindOf(download({ url: secret }, target, { timing }))).toBe("interrupted");
    expect(await files()).toEqual(["image.qcow2.part", "image.qcow2.part.json"]);
    expect(await readFile(`${target}.part.json`, "utf8")).not.toMatch(/ann|cret/);
  });

  it("starts over when the server takes no ranges", async () => {
    const { url, requests } = await start((response, request, count) => {
      delete request.headers.range;
      if (count === 0) serveUntil(response, request, body, '"a"', 2_000_000);
      else serve(response, request, body, '"a"');
    });
    await download({ url, digest }, target, { timing });
    expect(requests).toHaveLength(2);
    expect((await readFile(target)).equals(body)).toBe(true);
  });

  it("starts over when the file has changed meanwhile", async () => {
    const { url } = await start((response, request, count) =>
      count === 0 ? serveUntil(response, request, other, '"old"', 500_000) : serve(response, request, body, '"new"'),
    );
    await download({ url, digest }, target, { timing });
    expect((await readFile(target)).equals(body)).toBe(true);
  });

  it("starts over when a server continues another version in spite of If-Range", async () => {
    const { url } = await start((response, request, count) => {
      delete request.headers["if-range"];
      if (count === 0) serveUntil(response, request, other, '"old"', 500_000);
      else serve(response, request, body, '"new"');
    });
    await download({ url, digest }, target, { timing });
    expect((await readFile(target)).equals(body)).toBe(true);
  });

  it("is complete when the server says that nothing is left", async () => {
    const { url } = await start((response, request, count) => {
      if (count === 0) return serveUntil(response, request, body, '"a"', 1000);
      response.writeHead(416, { "content-range": `bytes */${body.length}` });
      response.end();
    });
    await download({ url, digest }, target, { timing: { ...timing, attempts: 1 } }).catch(() => undefined);
    await writeFile(`${target}.part`, body);
    expect((await download({ url, digest }, target)).verified).toBe(true);
  });

  it("fails after so many breaks without progress, and says how far it came", async () => {
    const { url, requests } = await start((response, request) => serveUntil(response, request, body, '"a"', 1000));
    const failure = await download({ url, digest }, target, { timing }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "interrupted", why: expect.stringContaining(`of ${body.length} bytes`) });
    expect(requests).toHaveLength(3);
    expect(existsSync(target)).toBe(false);
  });

  it("does not mind a server that is slow, as long as something comes", async () => {
    const pieces = 8;
    const { url, requests } = await start((response) => {
      response.writeHead(200, { etag: '"a"', "content-length": body.length });
      const size = Math.ceil(body.length / pieces);
      let sent = 0;
      const timer = setInterval(() => {
        response.write(body.subarray(sent, sent + size));
        sent += size;
        if (sent >= body.length) clearInterval(timer);
      }, timing.stallMs / 2);
    });
    const began = performance.now();
    await download({ url, digest }, target, { timing: { ...timing, attempts: 1 } });
    expect(performance.now() - began).toBeGreaterThan(2 * timing.stallMs);
    expect(requests).toHaveLength(1);
  });

  it("counts a server that stands still as cut", async () => {
    const { url, requests } = await start((response, request, count) => {
      if (count > 0) return serve(response, request, body, '"a"');
      response.writeHead(200, { etag: '"a"', "content-length": body.length });
      response.write(body.subarray(0, 1_500_000));
    });
    await download({ url, digest }, target, { timing });
    expect(requests).toHaveLength(2);
    expect((await readFile(target)).equals(body)).toBe(true);
  });
});

describe("a server's answer", () => {
  const status = (code: number) => (response: ServerResponse) => {
    response.writeHead(code);
    response.end("no");
  };

  it("404 is not-found and not asked for again", async () => {
    const { url, requests } = await start(status(404));
    expect(await kindOf(download({ url, digest }, target, { timing }))).toBe("not-found");
    expect(requests).toHaveLength(1);
    expect(await files()).toEqual([]);
  });

  it("403 is refused", async () => {
    const { url } = await start(status(403));
    expect(await kindOf(download({ url, digest }, target, { timing }))).toBe("refused");
  });

  it("500 is tried again", async () => {
    const { url, requests } = await start((response, request, count) =>
      count < 2 ? status(500)(response) : serve(response, request, body, '"a"'),
    );
    await download({ url, digest }, target, { timing });
    expect(requests).toHaveLength(3);
  });

  it("500 for ever is refused", async () => {
    const { url } = await start(status(503));
    expect(await kindOf(download({ url, digest }, target, { timing }))).toBe("refused");
  });

  it("redirects are followed", async () => {
    const { url } = await start((response, request) => {
      if (request.url === "/b/file") return serve(response, request, body, '"a"');
      response.writeHead(302, { location: "b/file" });
      response.end();
    });
    await download({ url: `${url}/`, digest }, target);
    expect((await readFile(target)).equals(body)).toBe(true);
  });

  it("redirects in a circle are refused", async () => {
    const { url, requests } = await start((response) => {
      response.writeHead(301, { location: "/again" });
      response.end();
    });
    expect(await kindOf(download({ url, digest }, target, { timing }))).toBe("refused");
    expect(requests.length).toBeLessThan(12);
  });

  it("a compressed body is refused, not decoded", async () => {
    const { url, requests } = await start((response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(body);
    });
    expect(await kindOf(download({ url, digest }, target, { timing }))).toBe("refused");
    expect(requests[0]?.["accept-encoding"]).toBe("identity");
  });

  it("a packed file that is called an encoded one is taken as it is", async () => {
    const { url } = await start((response) => {
      response.writeHead(200, { "content-encoding": "x-gzip", "content-length": body.length });
      response.end(body);
    });
    expect(await download({ url: `${url}/image.raw.gz?x`, digest }, target, { timing })).toMatchObject({
      verified: true,
    });
    expect(await kindOf(download({ url: `${url}/image.raw`, digest }, `${target}.2`, { timing }))).toBe("refused");
  });

  it("a password with a lone percent sign is sent as it is", async () => {
    const { url, requests } = await start((response, request) => serve(response, request, body, '"a"'));
    await download({ url: url.replace("//", "//ann:50%off%21@") }, target);
    expect(requests[0]?.authorization).toBe(`Basic ${Buffer.from("ann:50%off!").toString("base64")}`);
  });

  it("no server at all is unreachable at once", async () => {
    const gone = await loopback(() => undefined);
    await gone.close();
    const failure = await download({ url: gone.url, digest }, target).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "unreachable", why: "Nothing answers at that port." });
  });

  it("an address that is none is refused", async () => {
    expect(await kindOf(download({ url: "ftp://127.0.0.1/x" }, target))).toBe("refused");
  });
});

describe("bytes that must not stay", () => {
  it("are those with another digest", async () => {
    const { url } = await start((response, request) => serve(response, request, other, '"a"'));
    await writeFile(target, "what was there before");
    await expect(download({ url, digest }, target)).rejects.toMatchObject({
      kind: "digest-mismatch",
      message: expect.stringContaining("is not the file that its publisher describes"),
      why: `Its sha512 should be ${digest.hex} and is ${sha("sha512", other).hex}.`,
    });
    expect(await files()).toEqual(["image.qcow2"]);
    expect(await readFile(target, "utf8")).toBe("what was there before");
  });

  it("are those of a download that fills the disk", async () => {
    const { url } = await start((response) => {
      response.writeHead(200);
      response.end(body);
    });
    // Every write to this device fails as on a full disk.
    await symlink("/dev/full", `${target}.part`);
    const failure = await download({ url, digest }, target, { timing }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "disk-full", message: expect.stringContaining(folder) });
    expect(await files()).toEqual([]);
  });

  it("never come when the disk has no room for them", async () => {
    const { url } = await start((response) => {
      response.writeHead(200, { "content-length": 1e17 });
      response.write(body);
    });
    const failure = await download({ url, digest }, target, { timing }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "disk-full", why: expect.stringContaining("MiB are needed") });
    expect(await files()).toEqual([]);
  });
});

describe("a cancelled download", () => {
  it("stops in the middle and keeps what it has for the next time", async () => {
    const { url, requests } = await start((response, request, count) => {
      if (count > 0) return serve(response, request, body, '"a"');
      response.writeHead(200, { etag: '"a"', "content-length": body.length });
      response.write(body.subarray(0, 1_500_000));
    });
    const stop = new AbortController();
    const onProgress = (done: number): void => {
      if (done > 0) stop.abort();
    };
    expect(await kindOf(download({ url, digest }, target, { signal: stop.signal, onProgress }))).toBe("cancelled");
    expect(await files()).toEqual(["image.qcow2.part", "image.qcow2.part.json"]);
    await download({ url, digest }, target);
    expect(requests[1]?.range).toBeDefined();
    expect((await readFile(target)).equals(body)).toBe(true);
  });

  it("stops while it waits for another", async () => {
    const { url, requests } = await start((response) => {
      response.writeHead(200);
      response.write(body.subarray(0, 1000));
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const one = kindOf(download({ url, digest }, target, { signal: first.signal }));
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const two = kindOf(download({ url, digest }, target, { signal: second.signal }));
    setTimeout(() => second.abort(), 50);
    expect(await two).toBe("cancelled");
    first.abort();
    expect(await one).toBe("cancelled");
  });
});

describe("several downloads of one target", () => {
  it("are one transfer", async () => {
    const { url, requests } = await start((response, request) => {
      setTimeout(() => serve(response, request, body, '"a"'), 50);
    });
    const all = await Promise.all([1, 2, 3].map(() => download({ url }, target)));
    expect(new Set(all.map(({ digest: { hex } }) => hex))).toEqual(new Set([sha("sha256", body).hex]));
    expect(requests).toHaveLength(1);
    expect(await files()).toEqual(["image.qcow2"]);
  });

  it("are one transfer across processes, and a killed one is taken over", async () => {
    const { url, requests } = await start((response, request, count) => {
      if (count > 0) return serve(response, request, body, '"a"');
      response.writeHead(200, { etag: '"a"', "content-length": body.length });
      response.write(body.subarray(0, 1_500_000));
    });
    const script =
      "const { download } = await import(process.argv[1]); await download({ url: process.argv[2] }, process.argv[3]);";
    const library = new URL("../../images/index.ts", import.meta.url).href;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script, library, url, target], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    while (!((await stat(`${target}.part`).catch(() => undefined))?.size ?? 0)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const mine = download({ url, digest }, target);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(requests).toHaveLength(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect((await mine).verified).toBe(true);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.range).toBeDefined();
  });
});
