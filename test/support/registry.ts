import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type RegistryServer = AsyncDisposable & {
  /** `127.0.0.1:PORT` */
  readonly host: string;
};

/** The distribution project's own registry on loopback, its blobs in a folder of its own. With `login`, it knows one user. */
export async function startRegistry(login?: {
  readonly user: string;
  readonly htpasswd: string;
}): Promise<RegistryServer> {
  const folder = await mkdtemp(join(tmpdir(), "hutch-registry-"));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "blobs") } },
    http: { addr: host },
    ...(login === undefined ? {} : { auth: { htpasswd: { realm: "test", path: join(folder, "htpasswd") } } }),
  };
  if (login !== undefined) await writeFile(join(folder, "htpasswd"), `${login.user}:${login.htpasswd}\n`);
  // JSON is YAML.
  await writeFile(join(folder, "config.yml"), JSON.stringify(config));
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([
      answers(host),
      once(child, "exit").then(() => Promise.reject(new Error("docker-registry ended"))),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, [Symbol.asyncDispose]: stop };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answers(host: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
