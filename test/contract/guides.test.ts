/** The guides show real programs: the files beside them, word for word, and with the types that the bundle ships. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const GUIDES = join(ROOT, "docs/guides");
const programs = readdirSync(GUIDES).filter((name) => name.endsWith(".ts"));

describe("the guides", () => {
  it("show each program as it is", () => {
    const shown = readdirSync(GUIDES)
      .filter((name) => name.endsWith(".md"))
      .flatMap((name) => [...readFileSync(join(GUIDES, name), "utf8").matchAll(/```ts file=(\S+)\n([\s\S]*?)```/g)]);
    for (const [, file = "", code] of shown) expect(code, file).toBe(readFileSync(join(GUIDES, file), "utf8"));
    expect(shown.map(([, file]) => file).sort()).toEqual(programs.sort());
  });

  it("are right about the library's types", () => {
    const folder = mkdtempSync(join(ROOT, "dist/guides-"));
    try {
      expect(existsSync(join(ROOT, "dist/types/src/index.d.ts"))).toBe(true);
      const config = join(folder, "tsconfig.json");
      const files = programs.map((name) => join(GUIDES, name));
      writeFileSync(config, JSON.stringify({ extends: join(ROOT, "tsconfig.json"), include: [], files }));
      execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["--project", config], { encoding: "utf8" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
