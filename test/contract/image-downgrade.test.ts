import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CatalogueEntry, findImage, type ResolvedImage, resolveImage } from "../../images/index.ts";
import type { ImageOrigin } from "../../src/core/image.ts";
import type { BaseImage } from "../../src/host/image-label.ts";
import { assertNoDowngrade } from "../../src/usecases/image-downgrade.ts";
import { withOwnSignature } from "../../src/usecases/image-own-signature.ts";
import { makePublisher, type Publisher } from "../support/openpgp.ts";
import { type Loopback, loopback } from "./images-loopback.ts";

const IMAGE = "the bytes of an image\n";
const FOLDER = "/images/latest/";
const NAME = "Arch-Linux-x86_64-cloudimg.qcow2";
const { signal } = new AbortController();

let folder: string;
let server: Loopback;
let key: Publisher;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hutch-downgrade-test-"));
  key = await makePublisher(folder);
  const files = new Map<string, Buffer | string>([
    [`${FOLDER}${NAME}.SHA256`, `${createHash("sha256").update(IMAGE).digest("hex")}  ${NAME}\n`],
    [`${FOLDER}${NAME}.sig`, await key.detached(IMAGE)],
  ]);
  // Whoever answers says that everything is of today.
  server = await loopback((response, request) => {
    const body = files.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200, { "last-modified": new Date().toUTCString() }).end(body);
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function arch(): CatalogueEntry {
  const found = findImage("arch");
  if ("suggestions" in found) throw new Error("the catalogue has no Arch");
  return found;
}

const stored = (name: string, known: Partial<Extract<ImageOrigin, { kind: "published" }>>): BaseImage => ({
  ...{ name, sha256: "", volume: "", path: "", format: "qcow2", bytes: 0, virtualBytes: 0, trust: "", addedAt: "" },
  arch: "x86_64",
  origin: {
    ...{ kind: "published", entry: "arch", url: "", digest: "sha256:other", signedBy: key.fingerprint, version: null },
    ...known,
  },
});

/** Downloaded, and its own signature checked beside what the store has. */
async function take(...store: readonly BaseImage[]): Promise<ResolvedImage> {
  const keysOf = async () => [{ fingerprint: key.fingerprint, keyring: readFileSync(key.keyring) }];
  const resolved = await resolveImage(arch(), "x86_64", { baseUrl: server.url, keysOf });
  expect(resolved).toMatchObject({ version: null, signedBy: null, signedAt: null });
  const assertNewest = async (image: ResolvedImage) => assertNoDowngrade(store, image, arch(), "x86_64");
  await assertNewest(resolved);
  writeFileSync(join(folder, "image"), IMAGE);
  return withOwnSignature(resolved, join(folder, "image"), assertNewest, signal);
}

describe("the newest image, signed by itself", () => {
  it("is of the time of its signature, whatever the server says", async () => {
    const { version, signedAt, signedBy } = await take();
    expect(Math.abs(Date.parse(signedAt ?? "") - Date.now())).toBeLessThan(5 * 60_000);
    expect({ version, signedBy }).toEqual({ version: signedAt, signedBy: key.fingerprint });
  });

  it("is taken after one that was signed before it, or that nobody told the time of", async () => {
    await take(stored("arch", { signedAt: "2020-01-01T00:00:00.000Z" }), stored("arch", {}));
    expect(existsSync(join(folder, "image"))).toBe(true);
  });

  it("is refused after one that was signed later, and its file goes", async () => {
    await expect(take(stored("arch", { signedAt: "2099-01-01T00:00:00.000Z" }))).rejects.toMatchObject({
      kind: "downgrade",
      message: `${server.url}${FOLDER}${NAME} is older than the arch in the store.`,
      why: expect.stringMatching(/^It was signed on 20\d\d-.*, the store's on 2099-01-01T00:00:00.000Z: a mirror lags/),
    });
    expect(existsSync(join(folder, "image"))).toBe(false);
  });

  it("is refused where the old build itself is here, under a name of its own", async () => {
    const old = { ...(await take()), version: "20260601-1" };
    const digest = `${old.digest.algorithm}:${old.digest.hex}`;
    const here = [
      stored("arch@20260601-1", { digest, version: old.version }),
      stored("arch", { version: "20260701-1" }),
    ];
    expect(() => assertNoDowngrade(here, old, arch(), "x86_64")).toThrow(/is older than the arch in the store/);
    expect(() => assertNoDowngrade(here.slice(0, 1), old, arch(), "x86_64")).not.toThrow();
  });

  it("is refused after a later one also under the name of a later build", async () => {
    const [later, signed] = [{ version: "3.24.1-0", signedAt: "2099-01-01T00:00:00.000Z" }, await take()];
    const renamed = { ...signed, version: "3.24.2-0" };
    const check = (name: string) => () => assertNoDowngrade([stored(name, later)], renamed, arch(), "x86_64");
    expect(check("arch")).toThrow(/is older than the arch in the store/);
    // Of a build that somebody asked for by its name nothing follows.
    expect(check("arch@3.24.1-0")).not.toThrow();
  });
});
