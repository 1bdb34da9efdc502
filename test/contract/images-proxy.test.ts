/** Downloads through a real proxy on loopback, as the environment names it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { download } from "../../images/index.ts";
import { freePort } from "../support/registry.ts";
import { startTlsServer, type TlsServer } from "../support/tls-server.ts";
import { type Loopback, loopback } from "./images-loopback.ts";

type Proxy = AsyncDisposable & { readonly port: number; log(): Promise<string> };

let folder: string;
let server: Loopback;
let tls: TlsServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-proxy-"));
  server = await loopback((response) => response.end("the image"));
  tls = await startTlsServer((_, response) => response.end("the image, secretly"));
});
afterAll(async () => {
  await server?.close();
  await tls?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => vi.unstubAllEnvs());

async function startProxy(login?: string): Promise<Proxy> {
  const port = await freePort();
  const log = join(folder, `proxy-${port}.log`);
  const config = join(folder, `proxy-${port}.conf`);
  const lines = [
    `Port ${port}`,
    "Listen 127.0.0.1",
    "Timeout 60",
    "MaxClients 10",
    `LogFile "${log}"`,
    "LogLevel Connect",
    ...(login === undefined ? [] : [`BasicAuth ${login}`]),
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  const child = spawn("tinyproxy", ["-d", "-c", config], { stdio: "ignore" });
  const isUp = async (): Promise<boolean> => {
    const socket = createConnection(port, "127.0.0.1");
    return once(socket, "connect")
      .then(
        () => true,
        () => false,
      )
      .finally(() => socket.destroy());
  };
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error("tinyproxy ended");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return {
    port,
    log: () => readFile(log, "utf8"),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
    },
  };
}

const fetched = async (url: string): Promise<string> => {
  const target = join(folder, "fetched");
  await rm(target, { force: true });
  await download({ url }, target);
  return readFile(target, "utf8");
};

describe("a proxy", () => {
  it.each(["http_proxy", "HTTP_PROXY", "all_proxy"])("is gone through for http: %s", async (name) => {
    await using proxy = await startProxy();
    vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`);
    expect(await fetched(`${server.url}/image`)).toBe("the image");
    expect(await proxy.log()).toContain(`GET ${server.url}/image`);
    expect(server.requests.at(-1)?.host).toBe(server.url.slice("http://".length));
  });

  it("is gone around for what no_proxy excepts", async () => {
    vi.stubEnv("http_proxy", "http://127.0.0.1:9");
    await expect(fetched(server.url)).rejects.toMatchObject({
      kind: "unreachable",
      message: "The proxy 127.0.0.1:9, which the environment names, cannot be reached.",
    });
    vi.stubEnv("no_proxy", "10.0.0.0/8, 127.0.0.0/8");
    expect(await fetched(server.url)).toBe("the image");
  });

  it("is told the user and the password of its address, which nobody else sees", async () => {
    await using proxy = await startProxy("ann secret");
    vi.stubEnv("http_proxy", `http://ann:secret@127.0.0.1:${proxy.port}`);
    expect(await fetched(server.url)).toBe("the image");
    expect(JSON.stringify(server.requests.at(-1))).not.toContain("proxy-authorization");
    vi.stubEnv("http_proxy", `http://ann:wrong@127.0.0.1:${proxy.port}`);
    await expect(fetched(server.url)).rejects.toMatchObject({
      kind: "refused",
      message: expect.not.stringContaining("wrong"),
    });
    vi.stubEnv("http_proxy", `http://127.0.0.1:${proxy.port}`);
    await expect(fetched(server.url)).rejects.toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining("user or password (407)"),
    });
  });

  it("leads to https by a tunnel, through which the certificate is checked as ever", async () => {
    await using proxy = await startProxy("ann secret");
    vi.stubEnv("https_proxy", `http://ann:secret@127.0.0.1:${proxy.port}`);
    await expect(fetched(tls.url)).rejects.toMatchObject({
      kind: "unreachable",
      why: expect.stringContaining("certificate was not accepted"),
    });
    const { code, stdout } = await tls.trusting(
      `const { download } = await import(process.argv[1]);
       const { readFileSync } = await import("node:fs");
       await download({ url: process.argv[2] }, process.argv[3]);
       console.log(readFileSync(process.argv[3], "utf8"));`,
      [tls.url, join(folder, "secret")],
    );
    expect([code, stdout]).toEqual([0, "the image, secretly\n"]);
    expect(await proxy.log()).toContain(`CONNECT 127.0.0.1:${new URL(tls.url).port}`);
    vi.stubEnv("https_proxy", `http://127.0.0.1:${proxy.port}`);
    await expect(fetched(tls.url)).rejects.toMatchObject({
      kind: "unreachable",
      message: `The proxy 127.0.0.1:${proxy.port} answered 407.`,
    });
  });
});
