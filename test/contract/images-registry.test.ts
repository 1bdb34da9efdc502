/** Container disks, against the distribution project's own registry on loopback. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Architecture,
  download,
  extractContainerDisk,
  findContainerDisk,
  parseReference,
  pushContainerDisk,
  type Reference,
} from "../../images/index.ts";
import { tarHeader } from "../../images/tar.ts";
import { type RegistryServer, startRegistry } from "../support/registry.ts";
import { loopback } from "./images-loopback.ts";

const OCI = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

let registry: RegistryServer;
let folder: string;
let disk: Buffer;

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(async () => registry?.[Symbol.asyncDispose]());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-oci-"));
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", join(folder, "disk.qcow2"), "64M"]);
  disk = await readFile(join(folder, "disk.qcow2"));
  return () => rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const reference = (rest: string) => parseReference(`oci://${registry.host}/${rest}`);
const sha256 = (bytes: string | Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const pullContainerDisk = async (
  place: Reference,
  arch: Architecture,
  target: string,
): Promise<{ manifest: string }> => {
  const { manifest, layer } = await findContainerDisk(place, arch);
  await download(layer, `${target}.layer`);
  await extractContainerDisk(`${target}.layer`, target, place);
  await rm(`${target}.layer`);
  return { manifest };
};

const put = async (path: string, type: string, body: string | Buffer): Promise<void> => {
  const answer = await fetch(`http://${registry.host}/v2/${path}`, {
    method: "PUT",
    headers: { "content-type": type },
    body: new Uint8Array(Buffer.from(body)),
  });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
};

/** By the protocol itself, as another client would. */
const putBlob = async (repository: string, bytes: Buffer): Promise<string> => {
  const begun = await fetch(`http://${registry.host}/v2/${repository}/blobs/uploads/`, { method: "POST" });
  const place = new URL(begun.headers.get("location") ?? "");
  place.searchParams.set("digest", sha256(bytes));
  await put(`${place.pathname}${place.search}`.replace("/v2/", ""), "application/octet-stream", bytes);
  return sha256(bytes);
};

/** A layer as `docker build` makes it of `ADD --chown=107:107 disk.qcow2 /disk/`. */
const tarOf = async (files: Readonly<Record<string, Buffer>>): Promise<Buffer> => {
  const root = await mkdtemp(at("root-"));
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(join(root, name, ".."), { recursive: true });
    await writeFile(join(root, name), bytes);
  }
  return execFileSync("tar", ["-C", root, "--owner=107", "--group=107", "-c", ...(await readdir(root))], {
    maxBuffer: 1e9,
  });
};

const putManifest = async (
  repository: string,
  tag: string,
  type: string,
  layers: readonly Buffer[],
): Promise<string> => {
  const blobs = [];
  for (const layer of layers)
    blobs.push({
      mediaType:
        type === OCI ? "application/vnd.oci.image.layer.v1.tar" : "application/vnd.docker.image.rootfs.diff.tar",
      size: layer.length,
      digest: await putBlob(repository, layer),
    });
  const config = Buffer.from("{}");
  const mediaType =
    type === OCI ? "application/vnd.oci.image.config.v1+json" : "application/vnd.docker.container.image.v1+json";
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType, size: 2, digest: await putBlob(repository, config) },
    layers: blobs,
  });
  await put(`${repository}/manifests/${tag}`, type, text);
  return sha256(text);
};

describe("a container disk", () => {
  it("comes back as it was pushed, under its tag and under its digest", async () => {
    const told: number[] = [];
    const { manifest } = await pushContainerDisk(
      at("disk.qcow2"),
      { name: "mine.qcow2", arch: "x86_64" },
      reference("disks/mine:1"),
      { onProgress: (done) => told.push(done) },
    );
    expect(told.at(-1)).toBe(disk.length);
    for (const rest of ["disks/mine:1", `disks/mine@${manifest}`]) {
      expect(await pullContainerDisk(reference(rest), "x86_64", at("back"))).toEqual({ manifest });
      expect((await readFile(at("back"))).equals(disk)).toBe(true);
    }
    expect((await readdir(folder)).toSorted()).toEqual(["back", "disk.qcow2"]);
  });

  it("is in KubeVirt's layout: one layer, /disk/*.qcow2 of user and group 107", async () => {
    await pushContainerDisk(at("disk.qcow2"), { name: "mine.qcow2", arch: "aarch64" }, reference("disks/layout:1"));
    const get = async (path: string) =>
      fetch(`http://${registry.host}/v2/disks/layout/${path}`, { headers: { accept: OCI } });
    const manifest = (await (await get("manifests/1")).json()) as {
      config: { digest: string };
      layers: { digest: string; size: number }[];
    };
    expect(manifest.layers).toHaveLength(1);
    const layer = Buffer.from(await (await get(`blobs/${manifest.layers[0]?.digest}`)).arrayBuffer());
    expect(layer.length).toBe(manifest.layers[0]?.size);
    await writeFile(at("layer.tar"), layer);
    const listed = execFileSync("tar", ["--numeric-owner", "-tvf", at("layer.tar")], { encoding: "utf8" });
    expect(listed).toMatch(/^dr-xr-xr-x 107\/107 .* disk\/\n-r--r----- 107\/107 .* disk\/mine\.qcow2\n$/);
    expect(await (await get(`blobs/${manifest.config.digest}`)).json()).toMatchObject({
      architecture: "arm64",
      os: "linux",
      rootfs: { type: "layers", diff_ids: [manifest.layers[0]?.digest] },
    });
  });

  it("is not sent twice", async () => {
    const push = (tag: string, onProgress: () => void) =>
      pushContainerDisk(at("disk.qcow2"), { name: "same.qcow2", arch: "x86_64" }, reference(`disks/twice:${tag}`), {
        onProgress,
      });
    await push("1", () => undefined);
    let sent = 0;
    await push("2", () => sent++);
    expect(sent).toBe(0);
    await pullContainerDisk(reference("disks/twice:2"), "x86_64", at("back"));
  });

  it.each([
    ["OCI", OCI, OCI_INDEX],
    ["Docker", DOCKER, DOCKER_LIST],
  ])("of several architectures is chosen by ours: %s", async (_, type, list) => {
    const repository = `disks/many-${type === OCI ? "oci" : "docker"}`;
    const other = Buffer.concat([disk, Buffer.alloc(512)]);
    const amd64 = await putManifest(repository, "a", type, [await tarOf({ "disk/a.qcow2": disk })]);
    const arm64 = await putManifest(repository, "b", type, [gzipSync(await tarOf({ "disk/b.qcow2": other }))]);
    const manifests = [
      { mediaType: type, size: 1, digest: amd64, platform: { architecture: "amd64", os: "linux" } },
      { mediaType: type, size: 1, digest: arm64, platform: { architecture: "arm64", os: "linux" } },
    ];
    const index = JSON.stringify({ schemaVersion: 2, mediaType: list, manifests });
    await put(`${repository}/manifests/all`, list, index);
    expect(await pullContainerDisk(reference(`${repository}:all`), "aarch64", at("back"))).toEqual({
      manifest: sha256(index),
    });
    expect((await readFile(at("back"))).equals(other)).toBe(true);
    await put(
      `${repository}/manifests/one`,
      list,
      JSON.stringify({ schemaVersion: 2, mediaType: list, manifests: manifests.slice(0, 1) }),
    );
    await expect(pullContainerDisk(reference(`${repository}:one`), "aarch64", at("none"))).rejects.toMatchObject({
      kind: "unsupported",
      message: expect.stringContaining("only for amd64"),
    });
  });

  it.each([
    ["two layers", [{ "disk/a": "a" }, { "disk/b": "b" }], "2 layers"],
    ["no disk", [{ "etc/passwd": "root" }], "nothing in its folder /disk"],
    ["two disks", [{ "disk/a": "a", "disk/b": "b" }], "several disks"],
    ["only a folder outside", [{ "other/disk/a": "a" }], "nothing in its folder /disk"],
  ])("is none: %s", async (name, layers, why) => {
    const repository = `disks/${name.replaceAll(" ", "-")}`;
    const tars = await Promise.all(
      layers.map((files) =>
        tarOf(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(String(text))]))),
      ),
    );
    await putManifest(repository, "1", OCI, tars);
    await expect(pullContainerDisk(reference(`${repository}:1`), "x86_64", at("back"))).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining(why),
    });
    expect(await readdir(folder)).not.toContain("back");
  });

  it("that claims to be larger than any is refused before it is unpacked", async () => {
    const kind = { mode: 0o440, owner: 107, kind: "file" } as const;
    await writeFile(at("layer"), gzipSync(tarHeader({ name: "disk/a.raw", bytes: 257 * 1024 ** 3, ...kind })));
    await expect(extractContainerDisk(at("layer"), at("back"), reference("disks/bomb:1"))).rejects.toMatchObject({
      kind: "unusable",
      message: expect.stringContaining("more than 256 GiB"),
    });
    expect(await readdir(folder)).not.toContain("back");
  });

  it("is not found, and says so", async () => {
    await expect(pullContainerDisk(reference("nobody/nothing:1"), "x86_64", at("back"))).rejects.toMatchObject({
      kind: "not-found",
    });
  });
});

describe("a registry with users", () => {
  it("is opened by the user's login, and by no other", async () => {
    // bcrypt of "secret": the only hash that the registry takes.
    const htpasswd = "$2y$05$SvA/2YrRVLAP3ylTUo6FSOfuuonoTa8Rgk6WbaevFHGULggFWQinS";
    await using closed = await startRegistry({ user: "ann", htpasswd });
    const place = parseReference(`oci://${closed.host}/disks/mine:1`);
    const push = (login: string) =>
      pushContainerDisk(at("disk.qcow2"), { name: "a.qcow2", arch: "x86_64" }, place, {
        authorization: `Basic ${Buffer.from(login).toString("base64")}`,
      });
    await expect(push("ann:wrong")).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("does not let us in (401)"),
    });
    await expect(push("ann:secret")).resolves.toMatchObject({ manifest: expect.stringMatching(/^sha256:/) });
    await expect(pullContainerDisk(place, "x86_64", at("back"))).rejects.toMatchObject({ kind: "refused" });
  });

  it("gets a token from where it says, for what is asked of it, and lies about no digest", async () => {
    const layer = await tarOf({ "disk/a.qcow2": disk });
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: OCI, layers: [{ digest: sha256(layer) }] });
    const seen: (string | undefined)[] = [];
    let served = layer;
    const server = await loopback((response, request) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://registry");
      seen.push(`${request.method} ${pathname} ${request.headers.authorization ?? "-"}`);
      if (pathname === "/token") {
        return response.end(
          JSON.stringify({ token: `for ${searchParams.get("scope")} at ${searchParams.get("service")}` }),
        );
      }
      if (request.headers.authorization !== "Bearer for repository:a/b:pull at here") {
        const realm = `${server.url}/token`;
        response.writeHead(401, {
          "www-authenticate": `Bearer realm="${realm}",service="here",scope="repository:a/b:pull"`,
        });
        return response.end();
      }
      if (pathname.includes("/manifests/")) return response.writeHead(200, { "content-type": OCI }).end(manifest);
      // Blobs lie elsewhere, as in the clouds: there our token must not go.
      if (pathname.includes("/blobs/")) return response.writeHead(307, { location: other.url }).end();
      return response.writeHead(404).end();
    });
    const other = await loopback((response, request) => {
      seen.push(`other ${request.headers.authorization ?? "-"}`);
      response.end(served);
    });
    try {
      const place = parseReference(`oci://${server.url.slice("http://".length)}/a/b:1`);
      await pullContainerDisk(place, "x86_64", at("back"));
      expect((await readFile(at("back"))).equals(disk)).toBe(true);
      expect(seen.at(-1)).toBe("other -");
      expect(seen).toContain("GET /token -");
      served = Buffer.from(layer).fill(7, 1024, 1030);
      await expect(pullContainerDisk(place, "x86_64", at("wrong"))).rejects.toMatchObject({ kind: "digest-mismatch" });
      const pinned = parseReference(`${place.text}@sha256:${"0".repeat(64)}`);
      await expect(pullContainerDisk(pinned, "x86_64", at("wrong"))).rejects.toMatchObject({ kind: "digest-mismatch" });
      expect((await readdir(folder)).filter((name) => name.startsWith("wrong"))).toEqual([]);
    } finally {
      await server.close();
      await other.close();
    }
  });
});

describe("an address in a registry", () => {
  it.each([
    ["oci://quay.io/containerdisks/fedora:latest", "quay.io", "containerdisks/fedora", "latest"],
    ["oci://localhost:5000/disk", "localhost:5000", "disk", "latest"],
    [`oci://r.example/a/b:1@sha256:${"a".repeat(64)}`, "r.example", "a/b", `sha256:${"a".repeat(64)}`],
  ])("%s", (text, host, repository, target) => {
    expect(parseReference(text)).toEqual({ host, repository, target, text });
  });

  it.each([
    "oci://",
    "oci:///disk:1",
    "oci://h/UPPER:1",
    "oci://h/a:b:c",
    "oci://h/../x",
    "oci://h/a@sha256:12",
    "docker://h/a",
  ])("is none: %s", (text) =>
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ kind: "malformed" })),
  );
});
