import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeSigningKey, type SigningKey } from "./signing-key.ts";
import { runTool } from "./tool.ts";

const UPSTREAM = "https://download.docker.com";
const OTHER_PACKAGES = ["docker-ce-cli", "containerd.io", "docker-buildx-plugin", "docker-compose-plugin"];

export type RpmRepository = {
  readonly key: SigningKey;
  /** Folder to be served: what a mirror of Docker's repositories has. */
  readonly folder: string;
};

/**
 * Makes a signed yum repository laid out as Docker's, for CentOS: small packages of ours under Docker's names, a service that
 * can be enabled among them. Its repo file names Docker's own address, as a plain copy would.
 */
export async function makeRpmRepository(dir: string, release: string, key?: SigningKey): Promise<RpmRepository> {
  const folder = join(dir, "served");
  const centos = join(folder, "linux/centos");
  const packages = join(centos, release, "x86_64/stable");
  await mkdir(packages, { recursive: true });
  const signing = key ?? (await makeSigningKey(dir));

  const specFile = join(dir, "docker-ce.spec");
  await writeFile(specFile, spec());
  const top = join(dir, "rpmbuild");
  await runTool([
    "rpmbuild",
    "--quiet",
    "--define",
    `_topdir ${top}`,
    "--define",
    "_build_id_links none",
    "--target",
    "x86_64",
    "-bb",
    specFile,
  ]);
  // rpm looks for gpg under another name than it has in Debian.
  const gpg = (await runTool(["sh", "-c", "command -v gpg"])).trim();
  for (const name of await readdir(join(top, "RPMS/x86_64"))) {
    const file = join(packages, name);
    await copyFile(join(top, "RPMS/x86_64", name), file);
    await runTool(
      ["rpmsign", "--define", `__gpg ${gpg}`, "--define", `_gpg_name ${signing.fingerprint}`, "--addsign", file],
      {
        env: { GNUPGHOME: signing.home },
      },
    );
  }
  await runTool(["gpgconf", "--homedir", signing.home, "--kill", "all"]);
  await runTool(["createrepo_c", "--quiet", packages]);
  await copyFile(signing.keyFile, join(centos, "gpg"));
  await writeFile(join(centos, "docker-ce.repo"), repoFile());
  return { key: signing, folder };
}

function repoFile(): string {
  const base = `${UPSTREAM}/linux/centos`;
  return [
    "[docker-ce-stable]",
    "name=Docker CE Stable - $basearch",
    `baseurl=${base}/$releasever/$basearch/stable`,
    "enabled=1",
    "gpgcheck=1",
    `gpgkey=${base}/gpg`,
    "",
  ].join("\n");
}

function spec(): string {
  const others = OTHER_PACKAGES.flatMap((name) => [
    `%package -n ${name}`,
    "Summary: Stand-in",
    `%description -n ${name}`,
    "Stand-in.",
    `%files -n ${name}`,
  ]);
  return [
    "Name: docker-ce",
    "Epoch: 3",
    "Version: 99.0.0",
    "Release: 1",
    "Summary: Stand-in for Docker",
    "License: Apache-2.0",
    "AutoReqProv: no",
    "%description",
    "Stand-in.",
    "%install",
    "mkdir -p %{buildroot}/usr/lib/systemd/system %{buildroot}/usr/bin",
    "printf '[Unit]\\nDescription=Stand-in\\n[Service]\\nExecStart=/usr/bin/dockerd\\n[Install]\\nWantedBy=multi-user.target\\n' > %{buildroot}/usr/lib/systemd/system/docker.service",
    "printf '#!/bin/sh\\n' > %{buildroot}/usr/bin/dockerd",
    "%files",
    "/usr/lib/systemd/system/docker.service",
    "%attr(0755, root, root) /usr/bin/dockerd",
    ...others,
    "",
  ].join("\n");
}
