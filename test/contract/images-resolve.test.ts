import { afterEach, describe, expect, it } from "vitest";
import { type CatalogueEntry, findImage, resolveImage } from "../../images/index.ts";
import { type Loopback, loopback } from "./images-loopback.ts";

const hex = "ab".repeat(64);
const list = `${"cd".repeat(64)}  debian-13-generic-amd64.qcow2\n${hex}  debian-13-genericcloud-amd64.qcow2\n`;

let server: Loopback | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

function debian13(): CatalogueEntry {
  const found = findImage("debian-13");
  if ("suggestions" in found) throw new Error("the catalogue has no debian-13");
  return found;
}

const listServer = async (text: string, status = 200): Promise<Loopback> => {
  server = await loopback((response, request) => {
    const there = request.url === "/mirror/images/cloud/trixie/latest/SHA512SUMS";
    response.writeHead(there ? status : 404);
    response.end(text);
  });
  return server;
};

describe("resolving an image", () => {
  it("gives the address and the digest of the architecture, and what vouches for it", async () => {
    const { url } = await listServer(list);
    const baseUrl = `${url}/mirror/`;
    expect(await resolveImage(debian13(), "x86_64", { baseUrl })).toEqual({
      name: "debian-13-genericcloud-amd64.qcow2",
      url: `${url}/mirror/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2`,
      digest: { algorithm: "sha512", hex },
      trust: `unsigned upstream; sha512 published by ${new URL(url).host} over http`,
      compression: null,
      version: null,
      signedBy: null,
      signedAt: null,
      signature: null,
    });
  });

  it("refuses an image that the list does not name", async () => {
    const { url } = await listServer(list);
    await expect(resolveImage(debian13(), "aarch64", { baseUrl: `${url}/mirror` })).rejects.toMatchObject({
      kind: "digest-missing",
    });
  });

  it.each([
    [404, "not-found"],
    [403, "refused"],
  ])("says what a server's %d means", async (status, kind) => {
    const { url } = await listServer("", status);
    await expect(resolveImage(debian13(), "x86_64", { baseUrl: `${url}/mirror` })).rejects.toMatchObject({ kind });
  });

  it("does not take an endless answer for a list", async () => {
    const { url } = await listServer("x".repeat(5 * 1024 * 1024));
    await expect(resolveImage(debian13(), "x86_64", { baseUrl: `${url}/mirror` })).rejects.toMatchObject({
      kind: "refused",
    });
  });

  it("says that a name does not exist, or that a port speaks no TLS", async () => {
    await expect(resolveImage(debian13(), "x86_64", { baseUrl: "https://images.invalid" })).rejects.toMatchObject({
      kind: "unreachable",
      why: expect.stringContaining("images.invalid could not be looked up"),
    });
    const { url } = await listServer(list);
    await expect(resolveImage(debian13(), "x86_64", { baseUrl: url.replace("http:", "https:") })).rejects.toMatchObject(
      { kind: "unreachable", why: expect.stringContaining("not speak TLS") },
    );
  });

  it("can be cancelled", async () => {
    server = await loopback(() => undefined);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await expect(
      resolveImage(debian13(), "x86_64", { baseUrl: server.url, signal: stop.signal }),
    ).rejects.toMatchObject({ kind: "cancelled" });
  });

  it("knows the architectures that there are", async () => {
    const { aarch64: _, ...images } = debian13().images;
    await expect(resolveImage({ ...debian13(), images }, "aarch64")).rejects.toMatchObject({ kind: "unsupported" });
  });
});
