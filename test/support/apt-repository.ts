import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { makeSigningKey, type SigningKey } from "./signing-key.ts";
import { runTool } from "./tool.ts";

/** The stand-ins by name, each with what it depends on: docker-ce on what Docker itself needs. */
const PACKAGES: Readonly<Record<string, string>> = {
  "docker-ce": "adduser, containerd, iptables, runc, tini",
  "docker-ce-cli": "",
  "containerd.io": "",
  "docker-buildx-plugin": "",
  "docker-compose-plugin": "",
};

const SUITE = "trixie";

/**
 * Puts the distribution's own Docker in place, so that the engine is real. It cannot be depended on, for docker.io and
 * docker-ce exclude one another; so its files are taken without its package.
 */
const DOCKER_POSTINST = fileURLToPath(new URL("./docker-ce-postinst.sh", import.meta.url));

export type AptRepository = {
  readonly key: SigningKey;
  /** Full fingerprint of the key that signs it. */
  readonly fingerprint: string;
  /** The key as it is served, at `linux/debian/gpg`. */
  readonly keyFile: string;
  /** Folder to be served: what a mirror of Docker's repositories has. Its address is the mirror to give to the recipe. */
  readonly folder: string;
};

/**
 * Makes a signed apt repository below `dir`, laid out as Docker's for Debian 13: tiny packages of ours under Docker's names, of
 * which docker-ce puts the distribution's Docker in place (from the guest's own mirror), so that the engine is real.
 */
export async function makeAptRepository(dir: string): Promise<AptRepository> {
  const folder = join(dir, "served");
  const debian = join(folder, "linux/debian");
  const key = await makeSigningKey(dir);
  await makeSuite(dir, debian, SUITE, key);
  await copyFile(key.keyFile, join(debian, "gpg"));
  return { key, fingerprint: key.fingerprint, keyFile: key.keyFile, folder };
}

async function makeSuite(dir: string, debian: string, suite: string, key: SigningKey): Promise<void> {
  const pool = join(debian, "dists", suite, "pool/stable/amd64");
  await mkdir(pool, { recursive: true });
  for (const [name, depends] of Object.entries(PACKAGES)) await makePackage(join(dir, "build"), pool, name, depends);

  const binary = join(debian, "dists", suite, "stable/binary-amd64");
  await mkdir(binary, { recursive: true });
  await writeFile(
    join(binary, "Packages"),
    await runTool(["apt-ftparchive", "packages", relative(debian, pool)], { cwd: debian }),
  );
  const release = join(debian, "dists", suite, "Release");
  const about = {
    Origin: "Docker",
    Label: "Docker CE",
    Suite: suite,
    Codename: suite,
    Architectures: "amd64",
    Components: "stable",
  };
  const options = Object.entries(about).flatMap(([name, value]) => [
    "-o",
    `APT::FTPArchive::Release::${name}=${value}`,
  ]);
  const content = await runTool(["apt-ftparchive", ...options, "release", "."], { cwd: join(debian, "dists", suite) });
  await writeFile(release, content);
  const gpg = ["gpg", "--batch", "--quiet", "--homedir", key.home, "--local-user", key.fingerprint] as const;
  await runTool([...gpg, "--clearsign", "--output", join(debian, "dists", suite, "InRelease"), release]);
  await runTool([...gpg, "--armor", "--detach-sign", "--output", `${release}.gpg`, release]);
  await runTool(["gpgconf", "--homedir", key.home, "--kill", "all"]);
}

async function makePackage(build: string, pool: string, name: string, depends: string): Promise<void> {
  await rm(build, { recursive: true, force: true });
  await mkdir(join(build, "DEBIAN"), { recursive: true });
  const control = {
    Package: name,
    Version: "5:99.0.0-1",
    Architecture: "amd64",
    Maintainer: "Test <test@example.invalid>",
    ...(depends === "" ? {} : { Depends: depends }),
    Description: "Stand-in",
  };
  const lines = Object.entries(control).map(([field, value]) => `${field}: ${value}`);
  await writeFile(join(build, "DEBIAN/control"), `${lines.join("\n")}\n`);
  if (name === "docker-ce") {
    await copyFile(DOCKER_POSTINST, join(build, "DEBIAN/postinst"));
    await chmod(join(build, "DEBIAN/postinst"), 0o755);
  }
  await runTool(["dpkg-deb", "--root-owner-group", "--build", build, join(pool, `${name}_99.0.0-1_amd64.deb`)]);
}
