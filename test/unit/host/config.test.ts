import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfig, readConfig } from "../../../src/host/config.ts";

const parse = (text: string) => parseConfig(text, "config.yaml");

describe("the config file", () => {
  it("says what it says and nothing else", () => {
    const text = `connect: qemu:///system
image: debian-12
bake: auto
imageMirror: http://mirror.lan/images
images: { mirrors: { debian: ustc, ubuntu-24.04: https://mirror.lan/clouds } }
engine:
  mirror: azure
  registryMirrors: [https://mirror.lan]
  proxy: { http: http://proxy:3128, no: "localhost,.lan" }
  logMaxSize: 10m
`;
    expect(parse(text)).toEqual({
      connect: "qemu:///system",
      image: "debian-12",
      bake: "auto",
      imageMirror: "http://mirror.lan/images",
      mirrors: { debian: "ustc", "ubuntu-24.04": "https://mirror.lan/clouds" },
      engine: {
        mirror: "azure",
        registryMirrors: ["https://mirror.lan"],
        proxy: { http: "http://proxy:3128", no: "localhost,.lan" },
        logMaxSize: "10m",
      },
      warnings: [],
    });
  });

  it("may be empty, or not there", () => {
    expect(parse("")).toEqual({ engine: {}, warnings: [] });
    expect(parse("# only words\n")).toEqual({ engine: {}, warnings: [] });
    expect(readConfig({ configFile: "/nowhere/config.yaml" })).toEqual({ engine: {}, warnings: [] });
  });

  it("is warned about where it says what hutch does not know, with the line", () => {
    expect(parse("imgae: x\nengine:\n  mirrors: y\n").warnings).toEqual([
      'config.yaml:1: hutch knows no setting "imgae".',
      'config.yaml:3: hutch knows no setting "engine.mirrors".',
    ]);
  });

  it.each([
    ["a: [", 1],
    ["- a\n- b\n", 1],
    ["# x\nimage: 7\n", 2],
    ["image: x\nengine: docker\n", 2],
    ["engine:\n  registryMirrors: mirror.lan\n", 2],
    ["engine:\n  proxy:\n    http: [1]\n", 3],
    ["engine:\n  logMaxSize: big\n", 2],
    ["image: a\nimage: b\n", 2],
    ["imageMirror: ftp://x\n", 1],
    ["images:\n  mirrors: ustc\n", 2],
    ["images:\n  mirrors:\n    debian: 1\n", 3],
  ])("is refused with its line: %j", (text, line) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: "E_INVALID",
        message: expect.stringMatching(new RegExp(`^config.yaml:${line}: `)),
      }),
    );
  });

  it("is refused when it cannot be read", () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-config-"));
    try {
      expect(() => readConfig({ configFile: folder })).toThrow(expect.objectContaining({ code: "E_INVALID" }));
      writeFileSync(join(folder, "c.yaml"), "image: debian-12\n");
      expect(readConfig({ configFile: join(folder, "c.yaml") }).image).toBe("debian-12");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
