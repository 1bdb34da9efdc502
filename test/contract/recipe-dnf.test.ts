/** The recipe for CentOS and its kin, run by the real dnf into a tree of its own; the repository is on this machine. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineSettings, engineEnvironment, engineScript, parseEngineReport } from "../../cloud-init/index.ts";
import { type FileServer, serveFiles } from "../support/file-server.ts";
import { makeRpmRepository, type RpmRepository } from "../support/rpm-repository.ts";
import { makeSigningKey } from "../support/signing-key.ts";
import { runTool } from "../support/tool.ts";

let dir: string;
let repository: RpmRepository;
let server: FileServer;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "t-recipe-dnf-"));
  repository = await makeRpmRepository(dir, "9");
  server = await serveFiles(repository.folder);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

let trees = 0;

/** The little of a CentOS that the recipe looks at. */
async function makeTree(): Promise<string> {
  trees += 1;
  const root = join(dir, `tree-${trees}`);
  await mkdir(join(root, "etc"), { recursive: true });
  await writeFile(
    join(root, "etc/os-release"),
    'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4"\n',
  );
  await writeFile(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n",
  );
  await writeFile(join(root, "etc/group"), "root:x:0:\nalice:x:1000:\n");
  return root;
}

async function install(root: string, settings: Partial<EngineSettings> = {}) {
  const wanted = {
    engine: "docker",
    user: "alice",
    mirror: server.url,
    mirrorKey: repository.key.fingerprint,
    ...settings,
  };
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: dir,
    LC_ALL: "C",
    HUTCH_ROOT: root,
    ...engineEnvironment(wanted),
  };
  const shell = spawn("sh", ["-s"], { env, stdio: "pipe" });
  shell.stdin.end(engineScript("docker", "install"));
  const [stdout, stderr, code] = await Promise.all([
    text(shell.stdout),
    text(shell.stderr),
    new Promise<number | null>((resolve) => shell.once("close", resolve)),
  ]);
  return {
    code,
    stdout,
    all: `${stdout}${stderr}`,
    last: stdout.trimEnd().split("\n").at(-1),
    report: parseEngineReport(stdout),
  };
}

/** Names of packages in a tree. Debian's rpm keeps its list below the home folder, so that must be the same. */
const installed = (root: string) =>
  runTool(["rpm", "--root", root, "-qa", "--queryformat", "%{NAME}\n"], { env: { HOME: dir } });

describe("the recipe of the CentOS family, by dnf", () => {
  it("installs from Docker's own repository, lets the user in and enables the service; a second run changes nothing", async () => {
    const root = await makeTree();
    const first = await install(root);
    expect(first.code, first.all).toBe(0);
    expect(first.report.warnings).toEqual([]);
    expect(first.report.steps).toContain("Install Docker from its own repository");
    expect((await installed(root)).split("\n")).toEqual(
      expect.arrayContaining([
        "docker-ce",
        "docker-ce-cli",
        "containerd.io",
        "docker-buildx-plugin",
        "docker-compose-plugin",
      ]),
    );
    expect(await readlink(join(root, "etc/systemd/system/multi-user.target.wants/docker.service"))).toContain(
      "docker.service",
    );
    expect(await readFile(join(root, "etc/group"), "utf8")).toMatch(/^docker:.*:alice$/m);
    expect(JSON.parse(await readFile(join(root, "etc/docker/daemon.json"), "utf8"))).toMatchObject({
      "log-driver": "local",
    });

    const repo = await readFile(join(root, "etc/yum.repos.d/docker-ce.repo"), "utf8");
    expect(repo).toContain(`baseurl=${server.url}/linux/centos/$releasever/$basearch/stable`);
    expect(repo).toContain("gpgcheck=1");
    expect(repo).toMatch(/^gpgkey=file:.*RPM-GPG-KEY-docker$/m);

    const askedBefore = server.asked.length;
    const second = await install(root);
    expect(second.code, second.all).toBe(0);
    expect(second.report.notes).toContain("Docker is installed already.");
    expect(server.asked.length).toBe(askedBefore);
  });

  it("installs nothing when the key is not the pinned one", async () => {
    const root = await makeTree();
    const { code, last } = await install(root, { mirrorKey: "0".repeat(40) });
    expect(code).toBe(1);
    expect(last).toContain(`expected ${"0".repeat(40)}, found ${repository.key.fingerprint}`);
    expect(existsSync(join(root, "etc/yum.repos.d/docker-ce.repo"))).toBe(false);
    expect(await installed(root)).not.toContain("docker-ce");
  });

  it("installs nothing when a second key is served with the pinned one", async () => {
    const root = await makeTree();
    const other = await makeSigningKey(join(dir, "other"));
    const served = join(repository.folder, "linux/centos/gpg");
    const right = await readFile(served);
    await writeFile(served, Buffer.concat([right, await readFile(other.keyFile)]));
    try {
      const { code, last } = await install(root);
      expect(code).toBe(1);
      expect(last).toContain("is not the one expected");
    } finally {
      await writeFile(served, right);
    }
  });

  it("installs no package that another key has signed", async () => {
    const forged = join(dir, "forged");
    await mkdir(forged);
    const other = await makeSigningKey(forged);
    const bad = await makeRpmRepository(forged, "9", other);
    // The right key is shown, the packages are someone else's.
    await writeFile(join(bad.folder, "linux/centos/gpg"), await readFile(repository.key.keyFile));
    await using forger = await serveFiles(bad.folder);
    const root = await makeTree();
    const { code, all } = await install(root, { mirror: forger.url });
    expect(code).not.toBe(0);
    expect(all).toMatch(/GPG check FAILED|is not correct for this package|Public key for .* is not installed/);
    expect(await installed(root)).not.toContain("docker-ce");
  });

  it("says why, when neither Docker's repository nor a package of the distribution is there", async () => {
    const root = await makeTree();
    const { code, last, report } = await install(root, { mirror: "http://127.0.0.1:1" });
    expect(code).toBe(1);
    expect(report.warnings).toEqual([
      expect.stringMatching(/^Docker's own repository cannot be reached: .*(connect|refused)/i),
    ]);
    expect(last).toContain("This distribution has no Docker package of its own");
  });

  it("keeps a daemon.json that someone else wrote, and takes back nothing of it", async () => {
    const root = await makeTree();
    await mkdir(join(root, "etc/docker"));
    await writeFile(join(root, "etc/docker/daemon.json"), '{"debug": true}\n');
    const { code, all, report } = await install(root);
    expect(code, all).toBe(0);
    expect(report.warnings).toEqual([expect.stringContaining("daemon.json was not written by hutch")]);
    expect(await readFile(join(root, "etc/docker/daemon.json"), "utf8")).toBe('{"debug": true}\n');
  });
});
