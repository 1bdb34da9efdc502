import { describe, expect, it } from "vitest";
import { lineDifference, type Pen } from "../../../src/tui/text/difference.ts";
import { PLAIN, styledCells } from "../../../src/tui/text/styled.ts";

const WIDTH = 20;

function written(before: string | null, after: string, pen: Pen = { row: -1, column: -1, style: PLAIN }): string {
  const old = before === null ? null : styledCells(before, WIDTH);
  return lineDifference(old, styledCells(after, WIDTH), 4, pen).replaceAll("\x1b", "^");
}

describe("what is written so that one line becomes another", () => {
  it("is nothing when nothing can be seen of the change", () => {
    expect(written("web", "web")).toBe("");
    expect(written("a \x1b[32mb", "a\x1b[1m \x1b[22m\x1b[32mb\x1b[39m   ")).toBe("");
  });

  it("is the cells that differ, from where they stand", () => {
    expect(written("cpu 40 mem 12", "cpu 41 mem 12")).toBe("^[5;6H1");
    expect(written("cpu 40 memory 12", "cpu 41 memory 13")).toBe("^[5;6H1^[9C3");
  });

  it("writes a few equal cells again rather than jump over them", () => {
    expect(written("a1b2c", "a9b8c")).toBe("^[5;2H9b8");
  });

  it("erases the rest of a line that becomes empty", () => {
    expect(written("a name that was long", "a name")).toBe("^[5;7H^[K");
    expect(written(null, "ab")).toBe("^[5;1Hab^[K");
  });

  it("changes the look by what differs of it, and goes on with the look that the pen has", () => {
    const pen: Pen = { row: -1, column: -1, style: PLAIN };
    expect(written("", "\x1b[1;36mq\x1b[22;39m \x1b[36mQuit\x1b[39m", pen)).toBe("^[5;1H^[1;36mq ^[22mQuit");
    expect(written("", "\x1b[36mx\x1b[39m", pen)).toBe("^[5;1Hx");
    expect(written("", "y", pen)).toBe("^[5;1H^[my");
  });

  it("tells bold from dim, and inverse spaces from others", () => {
    expect(written("\x1b[1mx", "\x1b[2mx")).toBe("^[5;1H^[2mx");
    expect(written("   x", "\x1b[7m   \x1b[27mx")).toBe("^[5;1H^[7m   ");
  });

  it("writes wide characters whole, and takes what they leave", () => {
    expect(written("a虚b", "a拟b")).toBe("^[5;2H拟");
    expect(written("a虚b", "axyb")).toBe("^[5;2Hxy");
    expect(styledCells("虚", 1).map(({ text }) => text)).toEqual([" "]);
  });
});
