import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { download } from "../../images/index.ts";

let folder: string;
let certificate: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-tls-"));
  certificate = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", key, "-out", certificate, ...subject],
    {
      stdio: "ignore",
    },
  );
  server = createServer({ key: await readFile(key), cert: await readFile(certificate) }, (_, response) => {
    response.writeHead(302, { location: "http://127.0.0.1:9/image.qcow2" });
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/image.qcow2`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe("https", () => {
  it("is not reached with a certificate that nobody vouches for", async () => {
    await expect(download({ url }, join(folder, "a.qcow2"))).rejects.toMatchObject({
      kind: "unreachable",
      why: expect.stringContaining("certificate was not accepted"),
    });
  });

  it("is never left for http by a redirect", async () => {
    const script = `
      const { download } = await import(process.argv[1]);
      await download({ url: process.argv[2] }, process.argv[3]).catch(({ kind, message }) => console.log(kind, message));
    `;
    const library = new URL("../../images/index.ts", import.meta.url).href;
    const args = ["--input-type=module", "--eval", script, library, url, join(folder, "b.qcow2")];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toContain("refused");
    expect(stdout).toContain("from https to http");
  });
});
