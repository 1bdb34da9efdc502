import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { DOORS, type Room, roomOf } from "./floors.ts";

const ROOT = join(import.meta.dirname, "../..");
const VAGUE = /(^|\/)(utils?|helpers?|common|misc|manager)(\/|\.)/i;

const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "");
const sources = tracked.filter((file) => /^(ffi|images|cloud-init|src)\/.*\.tsx?$/.test(file));

/** Every module a file names, static or dynamic, types included: a type-only import is a dependency of the reader too. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), "utf8").replace(/^ \*.*$/gm, "");
  const statements = text.matchAll(
    /^(?:import|export)\s[^"';]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm,
  );
  return [...statements].map(([, from, alone, dynamic]) => from ?? alone ?? dynamic ?? "");
}

function complaint(file: string, room: Room, specifier: string): string | null {
  const say = (what: string) => `${file} imports ${specifier}: ${what}`;
  if (isBuiltin(specifier)) return room.node ? null : say("this room is pure");
  const door = DOORS[specifier];
  if (door === undefined && !specifier.startsWith(".")) {
    const name = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
    return room.npm.includes(name) ? null : say("this package is not for this room");
  }
  const target = door ?? normalize(join(dirname(file), specifier));
  const targetRoom = roomOf(target);
  if (targetRoom === undefined) return say("it leads outside the house");
  if (targetRoom.path === room.path) return null;
  if (!room.may.includes(targetRoom.path)) return say("imports go down only");
  const isLeaf = Object.values(DOORS).some((path) => path.startsWith(`${targetRoom.path}/`));
  return isLeaf && door === undefined ? say("a leaf room is entered by its door") : null;
}

describe("the floors", () => {
  it("has a room for every source file", () => {
    expect(sources.filter((file) => roomOf(file) === undefined)).toEqual([]);
    expect(sources.length).toBeGreaterThan(20);
  });

  it("sees the imports of a file", () => {
    expect(importsOf("src/ops/operation.ts")).toContain("./journal.ts");
    expect(importsOf("src/index.ts")).toContain("./usecases/verbs.ts");
  });

  it("imports a package later by way of a file that names what it takes", () => {
    // In a bundle a package of CommonJS that is imported later has no names, only a default.
    const late = sources.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      return [...text.matchAll(/const (\{[^}]*\}) = await import\("([a-z@][^"]*)"\)/g)].map(
        ([, names = "", name]) => `${file}: ${names} of ${name}`,
      );
    });
    expect(late.filter((each) => !/\{ default: \w+ \}/.test(each) && !/ of node:/.test(each))).toEqual([]);
  });

  it("lets imports go down only", () => {
    const complaints = sources.flatMap((file) => {
      const room = roomOf(file);
      return room === undefined ? [] : importsOf(file).flatMap((specifier) => complaint(file, room, specifier) ?? []);
    });
    expect(complaints).toEqual([]);
  });

  it("knows an import that goes up when it sees one", () => {
    const core = roomOf("src/core/errors.ts");
    const cli = roomOf("src/cli/run.ts");
    if (core === undefined || cli === undefined) throw new Error("the rooms are gone");
    expect(complaint("src/core/errors.ts", core, "../ops/operation.ts")).toMatch("down only");
    expect(complaint("src/core/errors.ts", core, "node:fs")).toMatch("pure");
    expect(complaint("src/cli/run.ts", cli, "../tui/app.ts")).toMatch("down only");
    expect(complaint("src/cli/run.ts", cli, "react")).toMatch("not for this room");
  });
});

describe("the habits of the house", () => {
  const text = (file: string) => readFileSync(join(ROOT, file), "utf8");
  const offenders = (where: RegExp, allowed: RegExp, pattern: RegExp) =>
    sources.filter((file) => where.test(file) && !allowed.test(file) && pattern.test(text(file)));

  it("names no file for what it is not about", () => {
    expect(tracked.filter((file) => VAGUE.test(file))).toEqual([]);
  });

  it("starts processes of the house in one place", () => {
    expect(offenders(/^src\//, /^src\/host\/processes\.ts$/, /from "node:child_process"/)).toEqual([]);
  });

  it("keeps clock and chance out of the core", () => {
    expect(offenders(/^src\/core\//, /^$/, /Date\.now|new Date\(\)|Math\.random|performance\.now/)).toEqual([]);
  });

  it("calls C in one place", () => {
    expect(offenders(/^(?!ffi\/native\/)/, /^$/, /from "koffi"/)).toEqual([]);
  });

  it("awaits nothing between a C call and the reading of its error", () => {
    expect(offenders(/^ffi\/native\//, /^$/, /\bawait\b/)).toEqual([]);
  });

  it("ends the process in one place", () => {
    expect(offenders(/^(src|images|cloud-init)\//, /^src\/main\.ts$/, /process\.exit\(/)).toEqual([]);
  });

  it("says what to type next as a whole command or a sentence, not as a flag", () => {
    // An element of a list that is a flag with its value; the words of a process are one each. A bake's is joined into a line.
    const flag = /(?:\[|,|=>)\s*["`]--[a-z-]+:? (?!<)/;
    const lists = /^(images|ffi|cloud-init|src\/(core|host|ops|usecases|cli))\//;
    expect(offenders(lists, /^src\/(core\/bake|usecases\/install-by-hand)\.ts$/, flag)).toEqual([]);
    for (const hint of ['["--mirror ustc"]', '"a",\n      "--accel tcg: emulates"', "=> `--mirror a`"])
      expect(hint).toMatch(flag);
  });

  it("keeps hand-written files small", () => {
    const long = sources.filter((file) => !file.endsWith(".gen.ts") && text(file).split("\n").length > 300);
    expect(long).toEqual([]);
  });

  it("tells nobody about one machine or one registry", () => {
    const hosts = ["npmjs", "org"].join(".");
    const files = tracked.filter(
      (file) => !/^(test\/fixtures|LICENSE)/.test(file) && /\.(ts|tsx|sh|md|ya?ml|json)$|^(scripts|\.ci)\//.test(file),
    );
    const told = files.filter((file) => {
      try {
        return new RegExp(`(^|[^.\\w])/(work|root)/|${hosts.replace(".", "\\.")}`, "m").test(text(file));
      } catch {
        return false;
      }
    });
    expect(told).toEqual([]);
  });
});
