/**
 * An HTTP proxy that asks for each file once: what guests install comes from the lane itself the second time.
 *
 * usage: node caching-proxy.ts FOLDER HOST
 *
 * Its address is the one line that it prints. Only plain HTTP; what is asked for by HTTPS is refused.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const [folder = "", host = ""] = process.argv.slice(2);
await mkdir(folder, { recursive: true });

async function answer(url: string, response: ServerResponse): Promise<void> {
  const file = join(folder, createHash("sha256").update(url).digest("hex"));
  if (!existsSync(file)) {
    const upstream = await fetch(url);
    if (!upstream.ok) {
      response.writeHead(upstream.status).end();
      return;
    }
    const part = `${file}.${process.hrtime.bigint()}`;
    await writeFile(part, Buffer.from(await upstream.arrayBuffer()));
    await rename(part, file);
  }
  const body = await readFile(file);
  response.writeHead(200, { "content-length": body.length }).end(body);
}

const server = createServer((request, response) => {
  void answer(request.url ?? "", response).catch(() => response.writeHead(502).end());
});
server.listen(0, host, () => console.log(`http://${host}:${(server.address() as AddressInfo).port}`));
