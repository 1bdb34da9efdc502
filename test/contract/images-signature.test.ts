import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type CatalogueEntry,
  download,
  findImage,
  type PinnedKey,
  resolveImage,
  shippedKeys,
  verifyImage,
} from "../../images/index.ts";
import { makePublisher, type Publisher, type PublisherOptions } from "../support/openpgp.ts";
import { type Loopback, loopback } from "./images-loopback.ts";

const KEYS = new URL("../../images/keys/", import.meta.url);
const IMAGE = "the bytes of an image\n";
const digest = (text: string, algorithm = "sha256"): string => createHash(algorithm).update(text).digest("hex");

let folder: string;
let files: Map<string, Buffer | string>;
let server: Loopback;
const publishers = new Map<string, Promise<Publisher>>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-signature-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  files = new Map();
  server = await loopback((response, request) => {
    const body = files.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
});
afterEach(() => server.close());

/** Made once for the whole file, for a key takes a while. */
function publisher(name = "publisher", options: PublisherOptions = {}): Promise<Publisher> {
  const known = publishers.get(name) ?? makePublisher(join(folder, name), options);
  publishers.set(name, known);
  return known;
}

function entry(name: string): CatalogueEntry {
  const found = findImage(name);
  if ("suggestions" in found) throw new Error(`the catalogue has no ${name}`);
  return found;
}

const keyOf = ({ fingerprint, keyring }: Publisher): PinnedKey => ({ fingerprint, keyring: readFileSync(keyring) });

/** Resolves as hutch does, with another key in the place of the one that it brings along. */
const resolve = (name: string, key: Publisher, build: string | null = null) =>
  resolveImage(entry(name), "x86_64", { baseUrl: server.url, build, keysOf: async () => [keyOf(key)] });

const NOBLE = "/releases/noble/release/";
const NOBLE_IMAGE = "ubuntu-24.04-server-cloudimg-amd64.img";
const noble = `${digest(IMAGE)} *${NOBLE_IMAGE}\n`;

describe("a list of digests with a signature beside it", () => {
  const publish = async (list: string, signature: Buffer | undefined): Promise<void> => {
    files.set(`${NOBLE}SHA256SUMS`, list);
    if (signature !== undefined) files.set(`${NOBLE}SHA256SUMS.gpg`, signature);
  };

  it("is taken when the pinned key signed it; by whom and when is told", async () => {
    const key = await publisher();
    await publish(noble, await key.detached(noble));
    const resolved = await resolve("ubuntu-24.04", key);
    expect(resolved).toMatchObject({
      digest: { algorithm: "sha256", hex: digest(IMAGE) },
      signedBy: key.fingerprint,
      trust: expect.stringMatching(new RegExp(`^signature by ${key.fingerprint} checked; sha256 published by 127`)),
    });
    expect(Math.abs(Date.parse(resolved.version ?? "") - Date.now())).toBeLessThan(5 * 60_000);
  });

  it.each([
    ["changed after it was signed", "publisher", {}, /is not what its publisher signed/],
    ["signed by another", "stranger", {}, /signed by another key than its publisher's/],
    ["signed by a key that has expired", "expired", { keyExpired: true }, /signed by a key that has expired/],
    ["signed for a time that has passed", "brief", { signatureExpired: true }, /signature of .* has expired/],
    ["signed over SHA-1", "weak", { digest: "SHA1" }, /a digest that can be forged/],
  ] as const)("is refused when it was %s", async (how, name, options, message) => {
    const signer = await publisher(name, options);
    await publish(how.startsWith("changed") ? noble.replace(/^./, "x") : noble, await signer.detached(noble));
    const pinned = name === "stranger" ? await publisher() : signer;
    await expect(resolve("ubuntu-24.04", pinned)).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(message),
      why: expect.stringContaining(`The key must be ${pinned.fingerprint}.`),
    });
    expect(server.requests).toHaveLength(2);
  });

  it("is refused when its key was revoked", async () => {
    const signer = await publisher("revoked");
    const signature = await signer.detached(noble);
    await signer.revoke();
    await publish(noble, signature);
    await expect(resolve("ubuntu-24.04", signer)).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/signed by a key that was revoked/),
    });
  });

  it.each([
    ["empty", Buffer.alloc(0)],
    ["an error page", Buffer.from("<html>not found</html>")],
  ])("is refused when its signature is %s", async (_, signature) => {
    await publish(noble, signature);
    await expect(resolve("ubuntu-24.04", await publisher())).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/carries no signature/),
    });
  });

  it("is refused when what is beside it is another text, signed as a whole", async () => {
    const key = await publisher();
    await publish(noble.replace(/^./, "x"), await key.wrapped(noble));
    await expect(resolve("ubuntu-24.04", key)).rejects.toMatchObject({ kind: "signature" });
    await publish(noble.replace(/^./, "x"), await key.clearsigned(noble));
    await expect(resolve("ubuntu-24.04", key)).rejects.toMatchObject({ kind: "signature" });
  });

  it("is refused without a word of the mirror's password", async () => {
    await publish(noble, undefined);
    const baseUrl = server.url.replace("//", "//ann:s3cret@");
    const key = await publisher();
    const refusal = resolveImage(entry("ubuntu-24.04"), "x86_64", { baseUrl, keysOf: async () => [keyOf(key)] });
    await expect(refusal).rejects.toMatchObject({ message: `${server.url}${NOBLE}SHA256SUMS carries no signature.` });
  });

  it("is refused when its signature is not there", async () => {
    await publish(noble, undefined);
    await expect(resolve("ubuntu-24.04", await publisher())).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/SHA256SUMS carries no signature/),
    });
  });

  it("does not let a changed image pass", async () => {
    const key = await publisher();
    await publish(noble, await key.detached(noble));
    files.set(`${NOBLE}${NOBLE_IMAGE}`, IMAGE.toUpperCase());
    const resolved = await resolve("ubuntu-24.04", key);
    await expect(download(resolved, join(folder, "image"))).rejects.toMatchObject({ kind: "digest-mismatch" });
  });

  it("is not signed by the key that hutch brings along, when a test signed it", async () => {
    const key = await publisher();
    await publish(noble, await key.detached(noble));
    await expect(resolveImage(entry("ubuntu-24.04"), "x86_64", { baseUrl: server.url })).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/another key/),
      why: expect.stringContaining("D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81"),
    });
  });
});

describe("a list of digests signed around itself", () => {
  const FOLDER = "/pub/fedora/linux/releases/44/Cloud/x86_64/images/";
  const NAME = "Fedora-Cloud-Base-Generic-44-1.7.x86_64.qcow2";
  const line = (hex: string): string => `SHA256 (${NAME}) = ${hex}\n`;
  const publish = (list: Buffer): void => {
    files.set("/releases.json", readFileSync(new URL("../fixtures/images/fedora-releases.json", import.meta.url)));
    files.set(`${FOLDER}Fedora-Cloud-44-1.7-x86_64-CHECKSUM`, list);
  };

  it("gives what was signed, dashes and all", async () => {
    const key = await publisher();
    publish(await key.clearsigned(`# ${NAME}: 22 bytes\n- a dash\n-----BEGIN something\n${line(digest(IMAGE))}`));
    expect(await resolve("fedora-44", key)).toMatchObject({
      name: NAME,
      url: `${server.url}${FOLDER}${NAME}`,
      digest: { hex: digest(IMAGE) },
      version: "44-1.7",
      signedBy: key.fingerprint,
    });
  });

  it("does not read what stands before or behind the signed text", async () => {
    const key = await publisher();
    const signed = await key.clearsigned("nothing here\n");
    for (const list of [
      Buffer.concat([Buffer.from(line("ab".repeat(32))), signed]),
      Buffer.concat([signed, Buffer.from(`\n${line("ab".repeat(32))}`)]),
    ]) {
      publish(list);
      await expect(resolve("fedora-44", key)).rejects.toMatchObject({
        kind: expect.stringMatching(/digest-missing|signature/),
      });
    }
  });

  it("is refused when it stands beside another's, in either order", async () => {
    const [key, stranger] = [await publisher(), await publisher("stranger")];
    const theirs = await stranger.clearsigned(line("ab".repeat(32)));
    const ours = await key.clearsigned(line(digest(IMAGE)));
    for (const list of [Buffer.concat([theirs, ours]), Buffer.concat([ours, theirs])]) {
      publish(list);
      await expect(resolve("fedora-44", key)).rejects.toMatchObject({ kind: "signature" });
    }
  });

  it("is refused when a line of it was changed, or none of it is signed", async () => {
    const key = await publisher();
    const signed = (await key.clearsigned(line(digest(IMAGE)))).toString("utf8");
    publish(Buffer.from(signed.replace(digest(IMAGE), "ab".repeat(32))));
    await expect(resolve("fedora-44", key)).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/is not what its publisher signed/),
    });
    publish(Buffer.from(line(digest(IMAGE))));
    await expect(resolve("fedora-44", key)).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/carries no signature/),
    });
  });
});

describe("a signature over the image itself", () => {
  const FOLDER = "/images/latest/";
  const NAME = "Arch-Linux-x86_64-cloudimg.qcow2";
  const fetch = async (key: Publisher, signature: Buffer) => {
    files.set(`${FOLDER}${NAME}`, IMAGE);
    files.set(`${FOLDER}${NAME}.SHA256`, `${digest(IMAGE)}  ${NAME}\n`);
    files.set(`${FOLDER}${NAME}.sig`, signature);
    const resolved = await resolve("arch", key);
    const file = join(folder, NAME);
    await download(resolved, file);
    if (resolved.signature === null) throw new Error("there is a signature to check");
    return verifyImage(file, resolved.signature, resolved.url);
  };

  it("is checked when the image is here", async () => {
    const key = await publisher();
    expect(await fetch(key, await key.detached(IMAGE))).toEqual({
      signedBy: key.fingerprint,
      signedAt: expect.stringMatching(/^20.*Z$/),
      trust: expect.stringContaining(`signature by ${key.fingerprint} checked`),
    });
  });

  it("is refused when it is another's, or over something else", async () => {
    const [key, stranger] = [await publisher(), await publisher("stranger")];
    await expect(fetch(key, await stranger.detached(IMAGE))).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/another key/),
    });
    await expect(fetch(key, await key.detached("another image"))).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/is not what its publisher signed/),
    });
  });
});

describe("an image whose publisher shows the key itself", () => {
  const FOLDER = "/alpine/latest-stable/releases/cloud/";
  const NAME = "alpine-3.24.2-x86_64-cloudinit-r2.qcow2";
  const KEY = "/keys/tomalok.asc";

  /** Alpine's entry, with the publisher's site and its key on loopback. */
  const alpine = ({ fingerprint }: Publisher, keysAt = `${server.url}${KEY}`): CatalogueEntry => {
    const alpines = entry("alpine");
    if (alpines.signature === null) throw new Error("Alpine signs");
    return { ...alpines, signature: { ...alpines.signature, keys: [fingerprint], keysAt } };
  };
  const publish = (shown: Buffer | string): void => {
    files.set(FOLDER, `<a href="${NAME}">${NAME}</a>`);
    files.set(`${FOLDER}${NAME}`, IMAGE);
    files.set(`${FOLDER}${NAME}.sha512`, `${digest(IMAGE, "sha512")}\n`);
    files.set(KEY, shown);
  };
  const get = async (signer: Publisher, pinned: Publisher): Promise<unknown> => {
    files.set(`${FOLDER}${NAME}.asc`, await signer.detached(IMAGE));
    const resolved = await resolveImage(alpine(pinned), "x86_64", { baseUrl: server.url });
    const target = join(folder, "alpine");
    await download(resolved, target);
    if (resolved.signature === null) throw new Error("nothing to check");
    return verifyImage(target, resolved.signature, resolved.name);
  };

  it("is taken when the key has the pinned fingerprint, and signed the image", async () => {
    const key = await publisher();
    publish(readFileSync(key.armoured));
    expect(await get(key, key)).toEqual({
      signedBy: key.fingerprint,
      signedAt: expect.stringMatching(/^20.*Z$/),
      trust: expect.stringMatching(new RegExp(`^signature by ${key.fingerprint} checked; sha512 published by 127`)),
    });
  });

  it("is taken whatever stands around the key", async () => {
    const key = await publisher();
    const lines = readFileSync(key.armoured, "utf8").trimEnd().split("\n");
    publish(["A key.", lines[0], "Comment: of somebody", ...lines.slice(1), "Bye."].join("\r\n"));
    expect(await get(key, key)).toMatchObject({ signedBy: key.fingerprint });
  });

  it("is taken when the key is one of several blocks, or is not armoured", async () => {
    const [key, stranger] = [await publisher(), await publisher("stranger")];
    publish(Buffer.concat([readFileSync(stranger.armoured), readFileSync(key.armoured)]));
    expect(await get(key, key)).toMatchObject({ signedBy: key.fingerprint });
    publish(readFileSync(key.keyring));
    expect(await get(key, key)).toMatchObject({ signedBy: key.fingerprint });
  });

  it("is refused when another key is shown, though that signed the image", async () => {
    const stranger = await publisher("stranger");
    publish(readFileSync(stranger.armoured));
    await expect(get(stranger, await publisher())).rejects.toMatchObject({
      kind: "signature",
      message: expect.stringMatching(/signed by another key than its publisher's/),
    });
  });

  it("is refused when a stranger's key was put below the publisher's", async () => {
    const [key, stranger] = [await publisher(), await publisher("stranger")];
    const bytes = readFileSync(stranger.keyring);
    // A public key packet with a length of two bytes, made a subkey's: nothing binds it to the key before it.
    expect(bytes[0]).toBe(0x99);
    const subkey = Buffer.concat([Buffer.from([0xb9]), bytes.subarray(1, 3 + bytes.readUInt16BE(1))]);
    const keyring = Buffer.concat([readFileSync(key.keyring), subkey]);
    publish(
      `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${keyring.toString("base64")}\n-----END PGP PUBLIC KEY BLOCK-----\n`,
    );
    await expect(get(stranger, key)).rejects.toMatchObject({ kind: "signature" });
    expect(await get(key, key)).toMatchObject({ signedBy: key.fingerprint });
  });

  it.each([
    ["something else", "<html>moved</html>", "signature", /What is there is no OpenPGP key/],
    [
      "what holds no key",
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n????\n-----END PGP PUBLIC KEY BLOCK-----",
      "signature",
      /no/,
    ],
    ["a part of it", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN", "signature", /What is there is no OpenPGP key/],
    ["nothing", undefined, "signature", /not taken unchecked/],
  ])("is refused before it is fetched when %s is shown", async (_, shown, kind, why) => {
    publish(shown ?? "");
    if (shown === undefined) files.delete(KEY);
    const key = await publisher();
    await expect(resolveImage(alpine(key), "x86_64", { baseUrl: server.url })).rejects.toMatchObject({
      kind,
      message: `${server.url}${KEY} shows no key.`,
      why: expect.stringMatching(why),
    });
    // The listing, the digest, the key; not the image.
    expect(server.requests).toHaveLength(3);
  });

  it("is refused when who shows the key cannot be reached", async () => {
    const key = await publisher();
    publish("");
    const gone = await loopback(() => undefined);
    await gone.close();
    files.delete(KEY);
    await expect(
      resolveImage(alpine(key, `${gone.url}${KEY}`), "x86_64", { baseUrl: server.url }),
    ).rejects.toMatchObject({
      kind: "unreachable",
      why: expect.stringMatching(/cannot be reached\. The image is signed with that key/),
    });
  });

  it("has its key from the publisher where a mirror has none", async () => {
    const key = await publisher();
    publish(readFileSync(key.armoured));
    files.delete(KEY);
    const own = await loopback((response) => void response.end(readFileSync(key.armoured)));
    try {
      const resolved = await resolveImage(alpine(key, `${own.url}${KEY}`), "x86_64", { baseUrl: server.url });
      expect(resolved.signature?.keys).toMatchObject([{ fingerprint: key.fingerprint }]);
      expect(own.requests).toHaveLength(1);
    } finally {
      await own.close();
    }
  });
});

describe("images found by an index, a listing or a list", () => {
  it("of Alpine are the newest of their kind, with a digest of their own", async () => {
    const at = "/alpine/latest-stable/releases/cloud/";
    const name = "alpine-3.24.10-x86_64-cloudinit-r0.qcow2";
    files.set(at, readFileSync(new URL("../fixtures/images/alpine-listing.html", import.meta.url)));
    files.set(`${at}${name}.sha512`, `${digest(IMAGE, "sha512")}\n`);
    files.set("/keys/tomalok.asc", readFileSync((await publisher()).armoured));
    expect(await resolveImage(entry("alpine"), "x86_64", { baseUrl: server.url })).toMatchObject({
      name,
      version: "3.24.10-0",
      digest: { algorithm: "sha512", hex: digest(IMAGE, "sha512") },
    });
  });

  it("of Amazon are found in the list of digests, which is fetched once", async () => {
    const at = "/al2023/os-images/latest/kvm/";
    const names = ["6.1", "6.12"].map(
      (kernel) => `al2023-kvm-2023.10.20260302.1-kernel-${kernel}-x86_64.xfs.gpt.qcow2`,
    );
    files.set(`${at}SHA256SUMS`, names.map((name) => `${digest(name)}  ${name}\n`).join(""));
    expect(await resolveImage(entry("al2023"), "x86_64", { baseUrl: server.url })).toMatchObject({
      name: names[1],
      digest: { hex: digest(names[1] ?? "") },
      version: "2023.10.20260302.1-6.12",
    });
    expect(server.requests).toHaveLength(1);
  });

  it("of Rocky and AlmaLinux have their newest build signed by name", async () => {
    const key = await publisher();
    const rocky = "Rocky-9-GenericCloud-Base-9.10-20260825.0.x86_64.qcow2";
    const at = "/pub/rocky/9/images/x86_64/";
    const list = `SHA256 (${rocky}) = ${digest(IMAGE)}\n`;
    files.set(at, `<a href="${rocky}"><a href="${rocky.replace("9.10", "9.8")}"><a href="${rocky}.CHECKSUM">`);
    files.set(`${at}${rocky}.CHECKSUM`, list);
    files.set(`${at}${rocky}.CHECKSUM.asc`, await key.detached(list));
    expect(await resolve("rocky-9", key)).toMatchObject({
      name: rocky,
      version: "9.10-20260825.0",
      signedBy: key.fingerprint,
    });

    const folder = "/almalinux/10/cloud/x86_64/images/";
    const names = ["latest", "10.2-20260526.0", "10.1-20251126.0"].map(
      (build) => `AlmaLinux-10-GenericCloud-${build}.x86_64.qcow2`,
    );
    const alma = names.map((name) => `${digest(name)}  ${name}\n`).join("");
    files.set(`${folder}CHECKSUM`, alma);
    files.set(`${folder}CHECKSUM.asc`, await key.detached(alma));
    expect(await resolve("alma", key)).toMatchObject({
      name: names[1],
      digest: { hex: digest(names[1] ?? "") },
      version: "10.2-20260526.0",
      signedBy: key.fingerprint,
    });
  });

  it("of openSUSE are listed under the name of their build", async () => {
    const key = await publisher();
    const at = "/distribution/leap/16.0/appliances/Leap-16.0-Minimal-VM.x86_64-Cloud.qcow2";
    const list = `${digest(IMAGE)}  Leap-16.0-Minimal-VM.x86_64-16.0-Cloud-Build16.2.qcow2\n`;
    files.set(`${at}.sha256`, list);
    files.set(`${at}.sha256.asc`, await key.detached(list));
    expect(await resolve("leap", key)).toMatchObject({ digest: { hex: digest(IMAGE) }, signedBy: key.fingerprint });
  });

  it("of Oracle have their digest from the index", async () => {
    files.set(
      "/templates/OracleLinux/ol9-template.json",
      readFileSync(new URL("../fixtures/images/oracle-template.json", import.meta.url)),
    );
    expect(await resolveImage(entry("ol9"), "x86_64", { baseUrl: server.url })).toMatchObject({
      name: "OL9U8_x86_64-kvm-b293.qcow2",
      digest: { algorithm: "sha256", hex: "ab".repeat(32) },
      version: "8-293",
    });
  });

  it("are refused where nothing fits any more", async () => {
    files.set("/alpine/latest-stable/releases/cloud/", "<a href=x>x</a>");
    await expect(resolveImage(entry("alpine"), "x86_64", { baseUrl: server.url })).rejects.toMatchObject({
      kind: "not-found",
    });
  });

  it("can be named by their build, where builds are kept", async () => {
    const name = "debian-13-genericcloud-amd64-20260801-1.qcow2";
    files.set("/images/cloud/trixie/20260801-1/SHA512SUMS", `${digest(IMAGE, "sha512")}  ${name}\n`);
    expect(
      await resolveImage(entry("debian-13"), "x86_64", { baseUrl: server.url, build: "20260801-1" }),
    ).toMatchObject({
      name,
      version: "20260801-1",
    });
    for (const [image, build] of [
      ["opensuse-tumbleweed", "1"],
      ["debian-13", "../../evil"],
      ["alpine", "3.1.1-0"],
    ] as const) {
      await expect(resolveImage(entry(image), "x86_64", { baseUrl: server.url, build })).rejects.toMatchObject({
        kind: "unsupported",
      });
    }
  });
});

describe("the keys that hutch brings along", () => {
  const names = readdirSync(KEYS).filter((name) => name.endsWith(".gpg"));

  it.each(names)("%s is the key that its name says, alone", (name) => {
    const home = join(folder, "show");
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const shown = execFileSync(
      "gpg",
      ["--homedir", home, "--batch", "--with-colons", "--show-keys", new URL(name, KEYS).pathname],
      { encoding: "utf8" },
    );
    const fingerprints = [...shown.matchAll(/^pub:.*\n(?:fpr:+([0-9A-F]{40}):)/gm)].map(
      ([, fingerprint]) => fingerprint,
    );
    expect(fingerprints).toEqual([name.replace(".gpg", "")]);
    expect(shown).not.toMatch(/^pub:[re]:/m);
  });

  it("are those that the code knows of", async () => {
    const known = names.map((name) => name.replace(".gpg", ""));
    const shipped = await shippedKeys(known);
    expect(shipped.map(({ fingerprint }) => fingerprint)).toEqual(known);
    expect(await shippedKeys(["0".repeat(40)])).toEqual([]);
    for (const { keyring } of shipped) expect(keyring.length).toBeGreaterThan(500);
  });
});

it("says which package has gpgv when it is missing", async () => {
  const key = await publisher();
  files.set(`${NOBLE}SHA256SUMS`, noble);
  files.set(`${NOBLE}SHA256SUMS.gpg`, await key.detached(noble));
  const script = join(folder, "without-gpgv.ts");
  writeFileSync(
    script,
    `import { PROGRAM_PATH } from ${JSON.stringify(new URL("../../images/process.ts", import.meta.url).href)};
     import { findImage, resolveImage } from ${JSON.stringify(new URL("../../images/index.ts", import.meta.url).href)};
     PROGRAM_PATH.length = 0;
     PROGRAM_PATH.push("/nonexistent");
     const entry = findImage("noble");
     await resolveImage(entry, "x86_64", { baseUrl: ${JSON.stringify(server.url)} }).catch(({ kind, message, next }) =>
       console.log(JSON.stringify({ kind, message, next })));`,
  );
  const { execFile } = await import("node:child_process");
  const said = await new Promise<string>((done, failed) => {
    execFile(process.execPath, [script], (error, stdout) => (error === null ? done(stdout) : failed(error)));
  });
  expect(JSON.parse(said)).toEqual({
    kind: "tools",
    message: expect.stringMatching(/cannot be checked: gpgv is not installed/),
    next: [expect.stringContaining("apt install gpgv")],
  });
});
