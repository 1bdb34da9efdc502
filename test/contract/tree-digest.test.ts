import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../images/build/hutch-tree-digest.sh", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-tree-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** A small tree of its own, and the digest of it. */
function tree(change: (at: (path: string) => string) => void = () => undefined): string {
  const root = join(folder, String(count++));
  const at = (path: string) => join(root, path);
  mkdirSync(at("etc"), { recursive: true });
  writeFileSync(at("etc/passwd"), "root:x:0:0\n", { mode: 0o644 });
  writeFileSync(at("etc/a name\nof two lines"), "odd");
  writeFileSync(at("empty"), "");
  symlinkSync("etc/passwd", at("link"));
  change(at);
  return execFileSync(SCRIPT, [root], { encoding: "utf8" });
}

describe("the digest of a file tree", () => {
  it("is the same for the same tree, whenever it was made", () => {
    const digest = tree();
    expect(digest).toMatch(/^[0-9a-f]{64}\n$/);
    expect(tree((at) => utimesSync(at("etc/passwd"), 1, 1))).toBe(digest);
  });

  it.each<[string, (at: (path: string) => string) => void]>([
    ["content", (at) => writeFileSync(at("etc/passwd"), "root:x:0:1\n")],
    ["a name", (at) => renameSync(at("etc/passwd"), at("etc/passwd-"))],
    ["a mode", (at) => chmodSync(at("etc/passwd"), 0o600)],
    ["a folder's mode", (at) => chmodSync(at("etc"), 0o700)],
    ["an owner", (at) => chownSync(at("etc/passwd"), 1, 0)],
    ["a group", (at) => chownSync(at("etc/passwd"), 0, 1)],
    [
      "a link's target",
      (at) => {
        unlinkSync(at("link"));
        symlinkSync("etc/group", at("link"));
      },
    ],
    [
      "a kind",
      (at) => {
        unlinkSync(at("empty"));
        mkdirSync(at("empty"));
      },
    ],
    ["one more", (at) => writeFileSync(at("more"), "")],
    ["where content is", (at) => writeFileSync(at("empty"), "odd")],
  ])("changes with %s", (_, change) => {
    expect(tree(change)).not.toBe(tree());
  });

  it("fails where there is no tree", () => {
    expect(() => execFileSync(SCRIPT, [join(folder, "none")], { stdio: "pipe" })).toThrow();
  });
});
