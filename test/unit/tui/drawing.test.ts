import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { layoutOf, scrolledTo } from "../../../src/tui/layout/layout.ts";
import { clock, gib, plural, short } from "../../../src/tui/text/amounts.ts";
import { clipped, fitted, shown, widthOf, wrapped } from "../../../src/tui/text/cells.ts";
import { cellsOf } from "../../../src/tui/text/slice.ts";
import { ASCII, needsAscii, UNICODE } from "../../../src/tui/theme/glyphs.ts";
import { detectLook, ends, line, lookOf } from "../../../src/tui/theme/look.ts";
import { area, meter, spark, thinned } from "../../../src/tui/widgets/graph.ts";

const names = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("虚拟机-测试", "👩‍👩‍👧", "⚠️ x", "é", "한국어", "🇩🇪"),
);

describe("text in cells", () => {
  it("is exactly as wide as it is told, whatever the name", () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 30 }), (name, width) => {
        expect(widthOf(fitted(shown(name), width, "…"))).toBe(width);
        expect(widthOf(fitted(shown(name), width, "~", "right"))).toBe(width);
      }),
    );
  });

  it("measures as Ink does", () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(widthOf(shown(name))).toBe(stringWidth(shown(name)));
      }),
    );
  });

  it("shows nothing that steers the terminal or that terminals do not agree on", () => {
    expect(shown("a\x1b[31mb\u202e")).toBe("a·[31mb·");
    expect(shown("👩‍👩‍👧!⚠️")).toBe("□!□");
    expect(shown("虚拟机")).toBe("虚拟机");
  });

  it("cuts and wraps", () => {
    expect(clipped("gold-debian13", 8, "…")).toBe("gold-de…");
    expect(clipped("虚拟机", 4, "…")).toBe("虚…");
    expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapped("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
  });

  it("takes parts by cells, half a wide character being a space", () => {
    expect(cellsOf("a虚b", 0, 2)).toBe("a ");
    expect(cellsOf("a虚b", 2, 4)).toBe(" b");
    expect(cellsOf("abc", 1, 9)).toBe("bc");
  });
});

describe("amounts", () => {
  it("stay within four cells", () => {
    expect([0, 999, 1000, 1024 ** 2 * 12, 1024 ** 3 * 1.4].map(short)).toEqual(["0", "999", "1.0K", "12M", "1.4G"]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (value) => {
        expect(short(value).length).toBeLessThan(5);
      }),
    );
    expect([gib(512 * 1024 ** 2), gib(16 * 1024 ** 3)]).toEqual(["0.5", "16"]);
    expect(clock(0)).toMatch(/^\d\d:\d\d:\d\d$/);
  });

  it("are counted in words that agree with them", () => {
    expect([0, 1, 2].map((count) => plural(count, "lease"))).toEqual(["0 leases", "1 lease", "2 leases"]);
  });
});

describe("graphs", () => {
  it("draw the newest at the right, and as much as there is", () => {
    expect(spark(UNICODE, [0, 50, 100], 100, 5)).toBe("  ▁▅█");
    expect(thinned([0, 10, 20, 30, 40, 50], 6, 3)).toEqual([5, 25, 45]);
    expect(thinned([30, 40, 50], 6, 3)).toEqual([45]);
    expect(thinned([1, 2], 6, 8)).toEqual([1, 2]);
    expect([thinned([], 60, 8), thinned([7], 60, 8)]).toEqual([[], [7]]);
    expect(area(UNICODE, [100, 100], 100, 2, 1)).toEqual([" ⣿"]);
    expect(area(UNICODE, [0, 25, 50, 100], 100, 2, 1)).toEqual(["⢀⣼"]);
    expect(area(ASCII, [100, 10], 100, 3, 2)).toEqual([" # ", " # "]);
    expect(meter(UNICODE, 1, 4, 8)).toBe("██░░░░░░");
    expect(meter(UNICODE, 9, 4, 2)).toBe("██");
  });

  it("are as wide and high as they are told", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 90 }), (values) => {
        for (const glyphs of [UNICODE, ASCII]) {
          const lines = area(glyphs, values, 100, 20, 3);
          expect(lines.map((text) => text.length)).toEqual([20, 20, 20]);
        }
      }),
    );
  });
});

describe("lines", () => {
  const plain = (text: string) => text.replace(/\x1b\[[\d;]*m/g, "");

  it("are as wide as they are told, in every look", () => {
    for (const look of [lookOf("true", "dark", false), lookOf("16", "light", false), lookOf("none", "dark", true)]) {
      expect(
        plain(
          line(look, 10, [
            ["web", "ok"],
            [" 虚拟机虚拟机", "danger"],
          ]),
        ),
      ).toHaveLength(
        10 -
          [..."虚拟机"].filter((each) =>
            plain(
              line(look, 10, [
                ["web", "ok"],
                [" 虚拟机虚拟机", "danger"],
              ]),
            ).includes(each),
          ).length,
      );
      expect(widthOf(plain(ends(look, 20, [["left left left left", "plain"]], [["right", "plain"]])))).toBe(20);
    }
  });

  it("have no colour where none is wanted, and no sign beyond ASCII where none can be shown", () => {
    expect(detectLook({ NO_COLOR: "1", LANG: "C.UTF-8" }, {}).depth).toBe("none");
    expect(detectLook({ COLORTERM: "truecolor", LANG: "C.UTF-8" }, {})).toMatchObject({ depth: "true", theme: "dark" });
    expect(detectLook({ COLORFGBG: "0;15", LANG: "C.UTF-8" }, {})).toMatchObject({ depth: "16", theme: "light" });
    expect([
      needsAscii({ TERM: "linux", LANG: "C.UTF-8" }),
      needsAscii({ LANG: "C" }),
      needsAscii({ LANG: "de_DE.UTF-8" }),
    ]).toEqual([true, true, false]);
    const signs = Object.values(ASCII).flatMap((sign) =>
      typeof sign === "object" ? Object.values(sign) : [String(sign)],
    );
    expect(signs.join("")).toMatch(/^[\x20-\x7e]*$/);
  });
});

describe("the layout", () => {
  it("has a place for every size", () => {
    expect(layoutOf({ columns: 59, rows: 40 }).kind).toBe("small");
    expect(layoutOf({ columns: 60, rows: 15 }).kind).toBe("list");
    expect(layoutOf({ columns: 80, rows: 24 }).kind).toBe("strip");
    expect(layoutOf({ columns: 80, rows: 23 }).kind).toBe("list");
    expect(layoutOf({ columns: 120, rows: 34 }).kind).toBe("wide");
  });

  it("scrolls as little as it can", () => {
    expect(scrolledTo(5, 0, 10, 100)).toBe(0);
    expect(scrolledTo(10, 0, 10, 100)).toBe(1);
    expect(scrolledTo(3, 8, 10, 100)).toBe(3);
    expect(scrolledTo(0, 95, 10, 4)).toBe(0);
  });
});
