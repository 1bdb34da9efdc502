import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";

export type FileServer = AsyncDisposable & {
  readonly port: number;
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
};

/** Serves the files of a folder on a free port of the loopback address, or of another one of this host. */
export async function serveFiles(folder: string, host = "127.0.0.1"): Promise<FileServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    asked.push(path);
    const file = join(folder, normalize(path));
    void stat(file)
      .then(async (found) => {
        if (!found.isFile()) throw new Error("no file");
        response.writeHead(200, { "content-length": found.size });
        if (request.method === "HEAD") response.end();
        else await pipeline(createReadStream(file), response);
      })
      .catch(() => {
        if (!response.headersSent) response.writeHead(404);
        response.end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host}:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
