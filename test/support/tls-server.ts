import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type TlsServer = AsyncDisposable & {
  readonly url: string;
  /** What `NODE_EXTRA_CA_CERTS` of a process that trusts it names. */
  readonly certificate: string;
  /** Runs a module in a process that trusts this server; argv[1] of it is the image room. */
  trusting(script: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }>;
};

/** An https server on loopback with a certificate that nobody vouches for. */
export async function startTlsServer(answer: RequestListener): Promise<TlsServer> {
  const folder = await mkdtemp(join(tmpdir(), "hutch-tls-"));
  const certificate = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const how = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", key, "-out", certificate];
  execFileSync("openssl", [...how, ...subject], { stdio: "ignore" });
  const server = createServer({ key: await readFile(key), cert: await readFile(certificate) }, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `https://127.0.0.1:${address.port}`,
    certificate,
    trusting: async (script, args) => {
      const library = new URL("../../images/index.ts", import.meta.url).href;
      const child = spawn(process.execPath, ["--input-type=module", "--eval", script, library, ...args], {
        env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      await once(child, "close");
      return { code: child.exitCode, stdout };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
