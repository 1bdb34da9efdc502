import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildImage } from "../../images/index.ts";

let folder: string;
let server: Server;
let mirror: string;
let asked: () => void = () => undefined;
let answers = true;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-build-"));
  server = createServer((_, response) => {
    asked();
    if (!answers) return;
    response.writeHead(404);
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const options = () => ({ targetFile: join(folder, "image.qcow2"), workDir: join(folder, "work"), mirror });

/** Command lines of running processes that work in our folder. */
async function processesInFolder(): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(folder));
}

/** From the mirror of this machine's own apt: minutes, and the network. */
describe.runIf(process.env["HUTCH_TEST_FULL"] === "1")("building an image twice with one SOURCE_DATE_EPOCH", () => {
  it.each(["debian-12", "debian-13"])(
    "gives the same files and the same bytes: %s",
    { timeout: 900_000 },
    async (name) => {
      const { mirror: _, ...here } = options();
      const build = () => buildImage(name, { ...here, sourceDateEpoch: 1_767_225_600 });
      const [first, second] = [await build(), await build()];
      expect(first.treeSha256).toMatch(/^[0-9a-f]{64}$/);
      expect([second.treeSha256, second.sha256]).toEqual([first.treeSha256, first.sha256]);
    },
  );
});

describe("building an image", () => {
  it("fails with the installer's last words when the mirror has no such release, and leaves nothing", async () => {
    answers = true;
    await expect(buildImage("debian-13", options())).rejects.toMatchObject({
      kind: "program",
      message: expect.stringContaining("mmdebstrap"),
      why: expect.stringContaining("trixie"),
    });
    expect(await readdir(join(folder, "work"))).toEqual([]);
    expect(await readdir(folder)).toEqual(["work"]);
  });

  it("ends every process and removes every file when it is cancelled", async () => {
    answers = false;
    const stop = new AbortController();
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const built = buildImage("debian-13", { ...options(), signal: stop.signal });
    await Promise.race([waiting, built]);
    expect((await processesInFolder()).join(" ")).toContain("mmdebstrap");
    stop.abort();
    await expect(built).rejects.toMatchObject({ kind: "cancelled" });
    expect(await processesInFolder()).toEqual([]);
    expect(await readdir(join(folder, "work"))).toEqual([]);
    expect(await readFile("/proc/self/mounts", "utf8")).not.toContain(folder);
  });

  it("is for x86-64 and for the releases that can be built", async () => {
    await expect(buildImage("debian-13", { ...options(), arch: "aarch64" })).rejects.toMatchObject({
      kind: "unsupported",
      message: expect.stringContaining("aarch64"),
    });
    await expect(buildImage("plan-9", options())).rejects.toMatchObject({ kind: "unsupported" });
  });
});
