import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attribute, childAt, childrenOf, parseXml, textAt } from "../../../src/host/xml.ts";
import { el, render } from "../../../src/host/xml-emit.ts";

const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

describe("XML", () => {
  it("carries every text and attribute that XML has room for", () => {
    const text = fc.string({ unit: "binary" }).filter((value) => !ILLEGAL.test(value));
    fc.assert(
      fc.property(text, text, (inside, attributeValue) => {
        const root = parseXml(render(el("a", { b: attributeValue }, el("c", {}, inside))), "a test");
        expect(root.getAttribute("b")).toBe(attributeValue);
        expect(childAt(root, "c")?.textContent).toBe(inside);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses characters that XML cannot hold, and never writes half a document", () => {
    for (const character of ["\u0000", "\u001b", "\ufffe", "\ud800"]) {
      expect(() => render(el("a", {}, `x${character}`))).toThrow(/cannot be stored/);
      expect(() => render(el("a", { b: character }))).toThrow(/cannot be stored/);
    }
  });

  it("leaves out what is undefined or null and indents what holds elements only", () => {
    expect(render(el("a", { b: undefined, c: 1 }, null, el("d"), el("e", {}, "x")))).toBe(
      '<a c="1">\n  <d/>\n  <e>x</e>\n</a>',
    );
  });

  it("says what cannot be read", () => {
    for (const broken of ["", "<a>", "<a><b></a>", "no xml", "<a b=1/>", "<a/><b/>"]) {
      expect(() => parseXml(broken, "a pool")).toThrow(/The XML of a pool cannot be read/);
    }
  });

  it("finds children by name whatever their prefix, and null for what is not there", () => {
    const root = parseXml('<a xmlns:q="urn:q"><q:b v="1"> x </q:b><b/><c/></a>', "a test");
    expect(childrenOf(root, "b")).toHaveLength(2);
    expect(textAt(root, "b")).toBe("x");
    expect(attribute(childAt(root, "b"), "v")).toBe("1");
    expect(childAt(root, "c", "d", "e")).toBeNull();
    expect(attribute(null, "v")).toBeNull();
  });
});
