import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saidIn, withSetting } from "../../../src/host/config-write.ts";
import { readText, watchText, writeText } from "../../../src/host/text-file.ts";

const FILE = `# What I like.

connect: qemu:///system # the host's
engine:
  # close by
  mirror: azure
  proxy:
    http: "http://proxy:3128"
image: debian-12
`;
const change = (key: string, value: string | readonly string[] | null, text = FILE) =>
  withSetting(text, "config.yaml", key, value);

describe("changing one setting", () => {
  it("changes its line and no other", () => {
    expect(change("image", "debian-13")).toBe(FILE.replace("debian-12", "debian-13"));
    expect(change("connect", "test:///default")).toBe(FILE.replace("qemu:///system ", "test:///default "));
    expect(change("engine.proxy.http", "http://other:1")).toBe(FILE.replace("http://proxy:3128", "http://other:1"));
  });

  it("adds what is not there, where it belongs", () => {
    expect(change("engine.logMaxSize", "20m")).toContain('    http: "http://proxy:3128"\n  logMaxSize: 20m\nimage:');
    expect(change("engine.registryMirrors", ["https://a.lan", "https://b.lan"])).toContain(
      "  registryMirrors: [ https://a.lan, https://b.lan ]\n",
    );
    expect(change("engine.proxy.no", "localhost", "")).toBe("engine:\n  proxy:\n    no: localhost\n");
  });

  it("takes it out, and a section that is empty then", () => {
    expect(change("image", null)).toBe(FILE.replace("image: debian-12\n", ""));
    expect(change("engine.proxy.http", null)).not.toContain("proxy");
    expect(change("image", null, "# mine\nimage: x\n")).toBe("# mine\n");
    expect(change("imageMirror", null)).toBe(FILE);
  });

  it.each([
    ["imageMirror", "ftp://x"],
    ["engine.registryMirrors", ["mirror.lan"]],
    ["engine.logMaxSize", "big"],
    ["image", ""],
  ] as const)("refuses %s %j", (key, value) => {
    expect(() => change(key, value)).toThrow(
      expect.objectContaining({ code: "E_USAGE", message: expect.stringContaining(key) }),
    );
  });

  it("does not touch a file that it does not understand", () => {
    expect(() => change("image", "x", "image: [")).toThrow(expect.objectContaining({ code: "E_INVALID" }));
  });

  it("folds no line, however long", () => {
    const hosts = Array.from({ length: 40 }, (_, index) => `host-${index}.lan`).join(", ");
    expect(change("engine.proxy.no", hosts)).toContain(`    no: ${hosts}\n`);
  });

  it("reads back what it wrote", () => {
    const said = saidIn(change("engine.registryMirrors", ["https://a.lan", "https://b.lan"]));
    expect([said("engine.registryMirrors"), said("connect"), said("engine.mirrorKey"), said("engine.mirror")]).toEqual([
      "https://a.lan,https://b.lan",
      "qemu:///system",
      null,
      "azure",
    ]);
    expect(saidIn("")("image")).toBeNull();
  });
});

describe("writing the file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hutch-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("makes it with its folders, for its owner alone", () => {
    const file = join(folder, "a/b/config.yaml");
    writeText(file, "image: x\n");
    expect([readText(file), statSync(file).mode & 0o777]).toEqual(["image: x\n", 0o600]);
    expect(readdirSync(join(folder, "a/b"))).toEqual(["config.yaml"]);
  });

  it("is watched from before it is there, whoever changes it, until nobody asks", async () => {
    const file = join(folder, "config.yaml");
    let changes = 0;
    const stop = watchText(file, () => {
      changes += 1;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(changes).toBe(0);
    writeText(file, "image: x\n");
    await expect.poll(() => changes, { timeout: 15_000 }).toBe(1);
    writeFileSync(file, "image: y, and more\n");
    await expect.poll(() => changes, { timeout: 15_000 }).toBe(2);
    stop();
    writeFileSync(file, "");
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(changes).toBe(2);
  }, 40_000);

  it("keeps its mode, and follows a link to where the file is", () => {
    const real = join(folder, "dotfiles.yaml");
    const file = join(folder, "config.yaml");
    writeFileSync(real, "image: old\n");
    chmodSync(real, 0o640);
    symlinkSync(real, file);
    writeText(file, "image: new\n");
    expect([readFileSync(real, "utf8"), statSync(real).mode & 0o777]).toEqual(["image: new\n", 0o640]);
    expect(readdirSync(folder).sort()).toEqual(["config.yaml", "dotfiles.yaml"]);
  });

  it("says so when it cannot, and leaves nothing behind", () => {
    mkdirSync(join(folder, "config.yaml"));
    expect(() => writeText(join(folder, "config.yaml"), "x")).toThrow(
      expect.objectContaining({ code: "E_HOST", next: [expect.stringContaining("ls -ld")] }),
    );
    expect(readdirSync(folder)).toEqual(["config.yaml"]);
  });
});
