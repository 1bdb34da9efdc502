/** What README.md and docs show to be typed is understood by this hutch: commands, flags and settings. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hutch, machine } from "./stand-in.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** Written by scripts from what is tested elsewhere, or told of what was thought at the time. */
const OTHERS = /docs\/(cli|keys)\.md|docs\/decisions\//;
const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT }).sort()].filter((page) => !OTHERS.test(page));

type Shown = { readonly page: string; readonly line: string; readonly whole: boolean };

/** Lines of a console, which are whole, and what stands between backticks, which may only name a command. */
function commandsOf(page: string): readonly Shown[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const all = (pattern: RegExp, whole: boolean) =>
    [...text.matchAll(pattern)].map(([, line = ""]) => ({ page, line: line.replace(/\s+(#|>|&&|\|).*$/, ""), whole }));
  return [
    ...all(/`(?:sudo )?(hutch [^`|…]+)`/g, false),
    ...all(/^\$ (?:.*[|&] )?(?:\w+=\S+ )*(hutch [^…\n]+)$/gm, true),
  ];
}

const shown = pages.flatMap(commandsOf);

describe("the pages", () => {
  it("show what can be typed", () => expect(shown.length).toBeGreaterThan(80));

  it.each(shown)("$page: $line", async ({ line, whole }) => {
    const argv = line.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/^'|'$/g, "")) ?? [];
    const { stderr } = await hutch(argv.slice(1), { machines: [machine("web")], stdin: "" });
    expect(stderr).not.toMatch(/Unknown|There is no command|is none of|Did you mean/);
    if (whole) expect(stderr).not.toMatch(/Missing/);
  });
});
