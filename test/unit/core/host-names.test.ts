import { describe, expect, it } from "vitest";
import { hasNames, withNames, withoutNames } from "../../../src/core/host-names.ts";

const MINE = "127.0.0.1 localhost\n\n# my printer\n192.168.1.9\tprinter # loud\n";
const WEB = { name: "web", address: "192.168.122.50" };
const DB = { name: "db", address: "192.168.122.51" };

describe("names in a hosts file", () => {
  it("stand in a block of their own at the end, and go without a trace", () => {
    for (const text of [MINE, "", MINE.trimEnd()]) {
      const named = withNames(text, [WEB, DB]);
      expect(named.startsWith(text)).toBe(true);
      expect(named).toContain("\n192.168.122.50 web.hutch\n192.168.122.51 db.hutch\n");
      expect(hasNames(named)).toBe(true);
      expect(withoutNames(named)).toBe(text === "" || text.endsWith("\n") ? text : `${text}\n`);
    }
  });

  it("are replaced where they stand, whatever was written behind them", () => {
    const later = `${withNames(MINE, [WEB])}10.0.0.1 later\n`;
    const changed = withNames(later, [DB]);
    expect(changed).not.toContain("web.hutch");
    expect(changed.endsWith("192.168.122.51 db.hutch\n# end hutch\n10.0.0.1 later\n")).toBe(true);
    expect(withoutNames(changed)).toBe(`${MINE}10.0.0.1 later\n`);
    expect(withNames(later, [WEB])).toBe(later);
  });

  it("leave a block alone that somebody cut", () => {
    const cut = withNames(MINE, [WEB]).replace("# end hutch\n", "10.0.0.1 mine\n");
    expect(hasNames(cut)).toBe(false);
    expect(withoutNames(cut)).toBe(cut);
  });
});
