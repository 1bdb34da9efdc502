import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";
import { describe, expect, it } from "vitest";
import { film, pictureOf } from "../../../scripts/lib/svg-film.ts";
import { childrenOf, parseXml } from "../../../src/host/xml.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a terminal of 20x2 shows after each of these was written to it. */
async function filmed(...written: readonly string[]): Promise<string> {
  const terminal = new xterm.Terminal({ cols: 20, rows: 2, allowProposedApi: true });
  const pictures = [];
  for (const text of written) {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    pictures.push(pictureOf(terminal, 500));
  }
  return film(pictures, { columns: 20, rows: 2 });
}

describe("a film of a terminal", () => {
  it("draws a line once, however often it is shown", async () => {
    const svg = await filmed("same\r\none", "\r\x1b[Ktwo");
    expect(svg.match(/>same</g)).toHaveLength(1);
    expect(svg.match(/<use href="#l0"/g)).toHaveLength(2);
    expect(svg.match(/>(one|two)</g)).toEqual([">one<", ">two<"]);
  });

  it("shows each picture as long as it was to be looked at, and begins again", async () => {
    const svg = await filmed("a", "b", "c", "d");
    expect(svg).toContain("animation:film 2000ms steps(1,end) infinite");
    expect(svg).toMatch(/0%\{transform:translateY\(-?0px\)\}25%\{transform:translateY\(-60px\)\}50%/);
  });

  it("keeps colours, bold and what is inverse, and every letter in its cells", async () => {
    const svg = await filmed("\x1b[1;38;2;1;2;3mbold\x1b[0m  \x1b[7m<&\x1b[0m \u865a\u62df");
    expect(svg).toContain("{fill:#010203;font-weight:bold}");
    expect(svg).toMatch(/<rect x="50.4" width="16.8" height="16" fill="#c0caf5"/);
    expect(svg).toMatch(/<text x="50.4"[^>]*>&lt;&amp;</);
    expect(svg).toMatch(/<text x="75.6"[^>]*textLength="16.8"[^>]*>\u865a</);
    expect(svg).toMatch(/<text x="92.4"[^>]*>\u62df</);
  });

  it("is in the README, small, and holds the whole story", () => {
    expect(readFileSync(`${ROOT}README.md`, "utf8")).toContain("(docs/demo.svg)");
    const file = `${ROOT}docs/demo.svg`;
    expect(statSync(file).size).toBeLessThan(400_000);
    const svg = readFileSync(file, "utf8");
    expect(childrenOf(parseXml(svg, "docs/demo.svg"), "style")).toHaveLength(1);
    const told = svg.replaceAll("\u00a0", " ");
    for (const words of ["VMs", "Graphs", "tag=prod cpu&gt;20", "Launch a VM", "to go on:", "scratch-2: done", "Keys"])
      expect(told).toContain(words);
  });
});
