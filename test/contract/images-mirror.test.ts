/** Publisher and mirror, both on loopback: whose word is taken. */
import { afterEach, describe, expect, it } from "vitest";
import { type CatalogueEntry, findImage, resolveFromMirror } from "../../images/index.ts";
import { type Loopback, loopback } from "./images-loopback.ts";

const [ours, theirs] = ["ab".repeat(64), "cd".repeat(64)];
const open: Loopback[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const listing = async (hex: string): Promise<Loopback> => {
  const server = await loopback((response) => response.end(`${hex}  debian-13-genericcloud-amd64.qcow2\n`));
  open.push(server);
  return server;
};

/** The catalogue's Debian 13, published at another address. */
function publishedAt(url: string): CatalogueEntry {
  const found = findImage("debian-13");
  if ("suggestions" in found) throw new Error("the catalogue has no debian-13");
  const image = found.images.x86_64;
  if (image === undefined) throw new Error("debian-13 has no image");
  if (image.latest.kind !== "fixed") throw new Error("debian-13 is at no fixed address");
  const latest = { ...image.latest, url: `${url}${new URL(image.latest.url).pathname}` };
  return { ...found, images: { x86_64: { ...image, latest } } };
}

describe("an image that its publisher does not sign, from a mirror", () => {
  it("has the digest that the publisher tells, and the bytes of the mirror", async () => {
    const [publisher, mirror] = [await listing(ours), await listing(ours)];
    const resolved = await resolveFromMirror(publishedAt(publisher.url), "x86_64", mirror.url);
    expect(resolved.digest.hex).toBe(ours);
    expect(resolved.url.startsWith(mirror.url)).toBe(true);
    expect(resolved.trust).toContain(`published by ${new URL(publisher.url).host} over http; the bytes come from`);
  });

  it("is refused when the two differ", async () => {
    const [publisher, mirror] = [await listing(ours), await listing(theirs)];
    await expect(resolveFromMirror(publishedAt(publisher.url), "x86_64", mirror.url)).rejects.toMatchObject({
      kind: "digest-mismatch",
      message: expect.stringContaining("another build of Debian 13"),
    });
  });

  it("is taken at the mirror's word when the publisher cannot be reached, and that is said", async () => {
    const publisher = await listing(ours);
    const mirror = await listing(theirs);
    const gone = publishedAt(publisher.url);
    await open.shift()?.close();
    const resolved = await resolveFromMirror(gone, "x86_64", mirror.url);
    expect(resolved.digest.hex).toBe(theirs);
    expect(resolved.trust).toContain("the mirror's own word, its publisher could not be reached");
  });
});
