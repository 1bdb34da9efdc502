import { describe, expect, it } from "vitest";
import {
  engineEnvironment,
  engineRecipes,
  engineScript,
  findEngine,
  parseEngineReport,
} from "../../../cloud-init/index.ts";

const settings = { engine: "docker", user: "alice" };
const families = (env: Readonly<Record<string, string>>) =>
  (env["HUTCH_FAMILIES"] ?? "").split("\n").map((line) => line.split("|"));

describe("the recipes", () => {
  it("pin the full fingerprint of the key of every repository", () => {
    for (const { families: all } of engineRecipes()) {
      for (const { name, repository, key } of all) {
        expect(repository === null, name).toBe(key === null);
        if (key !== null) expect(key, name).toMatch(/^[0-9A-F]{40}$/);
      }
    }
  });

  it("know each system once, and give everyone a way to an engine", () => {
    for (const { families: all } of engineRecipes()) {
      const systems = all.flatMap((family) => family.systems);
      expect(new Set(systems).size).toBe(systems.length);
      for (const { name, repository, fallback } of all)
        expect(repository !== null || fallback.length > 0, name).toBe(true);
    }
  });

  it("are found by name, or guessed", () => {
    expect(findEngine(" Docker ")).toMatchObject({ name: "docker" });
    expect(findEngine("dokcer")).toEqual({ suggestions: ["docker"] });
    expect(findEngine("kubernetes")).toEqual({ suggestions: ["docker"] });
  });
});

describe("engineEnvironment", () => {
  it("takes packages from Docker by default", () => {
    const env = engineEnvironment(settings);
    expect(families(env)[0]).toEqual([
      "debian",
      "apt",
      "https://download.docker.com/linux/debian",
      "9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
      "docker.io iptables apparmor",
      "docker-cli docker-buildx docker-compose>=2",
    ]);
    expect(families(env).every((fields) => fields.length === 6)).toBe(true);
    expect(env).toMatchObject({ HUTCH_USER: "alice", HUTCH_BASE: "https://download.docker.com" });
  });

  it.each([
    ["aliyun", "https://mirrors.aliyun.com/docker-ce"],
    ["Azure", "https://mirror.azure.cn/docker-ce"],
    ["http://10.0.2.2:8080/docker/", "http://10.0.2.2:8080/docker"],
  ])("takes the mirror %s for every family, by the same keys", (mirror, base) => {
    const env = engineEnvironment({ ...settings, mirror });
    const mirrored = families(env).filter(([, , repository]) => repository !== "");
    expect(mirrored.length).toBeGreaterThan(3);
    for (const [, , repository] of mirrored) expect(repository).toMatch(new RegExp(`^${base}/linux/[a-z]+$`));
    expect(families(env).find(([systems]) => systems === "ubuntu")?.[2]).toBe(`${base}/linux/ubuntu`);
    expect(families(env)[0]?.[3]).toBe("9DC858229FC7DD38854AE2D88D81803C0EBFCD88");
  });

  it("takes another key for a mirror that signs by itself", () => {
    const env = engineEnvironment({ ...settings, mirror: "http://10.0.2.2", mirrorKey: "abcd ".repeat(10) });
    expect(families(env)[0]?.[3]).toBe("ABCD".repeat(10));
  });

  it.each(["tencent", "ftp://x/", "https://x/$(reboot)", "https://x/a b", "https://x/|", "https://x/\nevil"])(
    "refuses the mirror %j",
    (mirror) => {
      expect(() => engineEnvironment({ ...settings, mirror })).toThrow(RangeError);
    },
  );

  it("refuses a short key id", () => {
    expect(() => engineEnvironment({ ...settings, mirrorKey: "0EBFCD88" })).toThrow("40 hexadecimal digits");
  });

  it("rotates logs and keeps clear of libvirt's networks", () => {
    expect(JSON.parse(engineEnvironment(settings)["HUTCH_DAEMON_JSON"] ?? "")).toEqual({
      "log-driver": "local",
      "log-opts": { "max-size": "10m", "max-file": "3" },
      "live-restore": true,
      "default-address-pools": [{ base: "172.30.0.0/16", size: 24 }],
      "userland-proxy": false,
    });
  });

  it("passes on registry mirrors, proxies and log size; the older engine gets no proxies, which it does not know", () => {
    const env = engineEnvironment({
      ...settings,
      registryMirrors: ["https://mirror.example", "http://10.0.2.2:5000"],
      proxy: { http: "http://proxy:3128", no: "localhost" },
      logMaxSize: "50m",
    });
    expect(JSON.parse(env["HUTCH_DAEMON_JSON"] ?? "")).toMatchObject({
      "log-opts": { "max-size": "50m" },
      "registry-mirrors": ["https://mirror.example", "http://10.0.2.2:5000"],
      "insecure-registries": ["10.0.2.2:5000"],
      proxies: { "http-proxy": "http://proxy:3128", "no-proxy": "localhost" },
    });
    expect(JSON.parse(env["HUTCH_DAEMON_JSON_BEFORE_23"] ?? "")).not.toHaveProperty("proxies");
    expect(env).toMatchObject({ HUTCH_HTTP_PROXY: "http://proxy:3128", HUTCH_NO_PROXY: "localhost" });
    expect(env).not.toHaveProperty("HUTCH_HTTPS_PROXY");
  });
});

describe("engineScript", () => {
  it("gives one shell text for each purpose", () => {
    for (const purpose of ["install", "verify", "status"] as const)
      expect(engineScript("docker", purpose)).toMatch(/^#!\/bin\/sh\n/);
    expect(engineScript("docker", "verify").endsWith(engineScript("docker", "status"))).toBe(true);
    expect(() => engineScript("rkt", "install")).toThrow(RangeError);
  });
});

describe("parseEngineReport", () => {
  it("picks its own lines out of the chatter", () => {
    const stdout = [
      "Reading package lists...",
      "@hutch step Install Docker from its own repository",
      "Setting up docker-ce (5:28.0) ...",
      "@hutch note alice may use Docker from the next login on",
      "@hutch warning WARNING: No swap limit support",
      "@hutch warning WARNING: No swap limit support",
      "@hutch fact version=28.0.1",
      "@hutch fact storage-driver=overlay2",
      "@hutch fact odd=a=b",
      "@hutch fact Not A Fact",
      "@hutch unheard of",
      "say @hutch fact version=1",
    ].join("\n");
    expect(parseEngineReport(stdout)).toEqual({
      steps: ["Install Docker from its own repository"],
      notes: ["alice may use Docker from the next login on"],
      warnings: ["No swap limit support"],
      facts: { version: "28.0.1", "storage-driver": "overlay2", odd: "a=b" },
    });
  });

  it("cleans what a guest says", () => {
    expect(parseEngineReport("@hutch fact version=\x1b[31m1\x07").facts).toEqual({ version: "1" });
  });
});
