/** What comes over https without a digest that anybody gave. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTlsServer, type TlsServer } from "../support/tls-server.ts";

const HUTCH = join(import.meta.dirname, "../../dist/hutch.js");
const home = mkdtempSync(join(tmpdir(), "hutch-https-"));
let server: TlsServer;

beforeAll(async () => {
  const file = join(home, "disk.qcow2");
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", file, "1M"]);
  server = await startTlsServer((_, response) => response.end(readFileSync(file)));
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

const imported = (env: Readonly<Record<string, string>>) =>
  promisify(execFile)(
    process.execPath,
    [HUTCH, "image", "import", `${server.url}/mine.qcow2`, "--connect", "test:///default", "-o", "json"],
    { env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env } },
  );

it("is taken, and said to be not verified, for good", async () => {
  const { stdout, stderr } = await imported({ NODE_EXTRA_CA_CERTS: server.certificate });
  const { host } = new URL(server.url);
  expect(JSON.parse(stdout).image).toMatchObject({ name: "mine", trust: `from ${host} over https; not verified` });
  expect(stderr).toMatch(/Not verified: sha256 is [0-9a-f]{64}\./);
});

it("is refused from a server that nobody vouches for", async () => {
  await expect(imported({})).rejects.toMatchObject({
    code: 8,
    stderr: expect.stringContaining("Its TLS certificate was not accepted"),
  });
});
