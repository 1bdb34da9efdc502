import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registryLogin } from "../../../src/host/registry-login.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-login-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOST = "registry.example:5000";

function keep(file: string, content: unknown): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}
const auths = (auth: unknown, host = HOST) => ({ auths: { [host]: { auth } } });
const login = (env: Readonly<Record<string, string>> = {}) => registryLogin(HOST, env, { home: folder });

describe("a login to a registry", () => {
  it("is the one that docker login keeps in the caller's home", () => {
    keep(".docker/config.json", auths("YW5uOnNlY3JldA=="));
    expect(login()).toBe("Basic YW5uOnNlY3JldA==");
    expect(login({ HOME: "/nonexistent" })).toBeUndefined();
  });

  it("is looked for where each program was told to keep it, podman's before docker's", () => {
    keep(".docker/config.json", auths("home"));
    keep("elsewhere/config.json", auths("docker"));
    keep("run/containers/auth.json", auths("podman"));
    const file = keep("auth.json", auths("file"));
    const docker = { DOCKER_CONFIG: join(folder, "elsewhere") };
    const podman = { ...docker, XDG_RUNTIME_DIR: join(folder, "run") };
    expect(login(docker)).toBe("Basic docker");
    expect(login(podman)).toBe("Basic podman");
    expect(login({ ...podman, REGISTRY_AUTH_FILE: file })).toBe("Basic file");
  });

  it("is of that registry alone, its port too", () => {
    keep(".docker/config.json", auths("other", "registry.example"));
    expect(login()).toBeUndefined();
  });

  it.each([
    ["no file", undefined],
    ["a credential helper", { auths: { [HOST]: {} }, credsStore: "secretservice" }],
    ["an empty login", auths("")],
    ["something else than text", auths(7)],
    ["a file that is none", "{"],
    ["a file of another shape", "null"],
  ])("is none with %s", (_, content) => {
    if (content !== undefined) keep(".docker/config.json", content);
    expect(login()).toBeUndefined();
  });
});
