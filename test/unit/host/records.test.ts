import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRecord, encodeRecord, isUnreadable, recordElement } from "../../../src/host/records.ts";
import { render } from "../../../src/host/xml-emit.ts";
import { record } from "./samples.ts";

describe("the record in a domain's metadata", () => {
  it("comes back as it went in, whatever the texts in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const odd = {
          ...record,
          spec: { ...record.spec, image: text },
          pending: [text, "\u0000\u001b\ufffe\uffff]]>"],
        };
        expect(decodeRecord(encodeRecord(odd))).toEqual(odd);
      }),
      { numRuns: 50 },
    );
  });

  it("is read in the spellings that libvirt gives back", () => {
    const plain = encodeRecord(record);
    expect(decodeRecord(plain.replace('schema="1"', "schema='1'"))).toEqual(record);
    expect(decodeRecord(render(recordElement(record)))).toEqual(record);
    expect(decodeRecord(plain.replace('{"schema"', "{&quot;schema&#34;"))).toEqual(record);
    expect(decodeRecord(`\n  ${plain}\n`)).toEqual(record);
  });

  it.each([
    ["nothing", "", /not in a form/],
    ["another element", "<x:y xmlns:x='urn:x'/>", /not in a form/],
    ["cut off", encodeRecord(record).slice(0, 200), /not in a form/],
    ["damaged JSON", encodeRecord(record).replace('"revision":0', '"revision":'), /damaged/],
    ["JSON of something else", '<hutch:vm schema="1" revision="1">[1]</hutch:vm>', /incomplete/],
    ["missing parts", '<hutch:vm schema="1" revision="1">{"schema":1,"revision":1}</hutch:vm>', /incomplete/],
    ["a newer schema", encodeRecord(record).replace('schema="1"', 'schema="2"'), /newer hutch \(schema 2\)/],
  ])("tells a problem and never throws: %s", (_, xml, problem) => {
    const read = decodeRecord(xml);
    expect(isUnreadable(read) && read.problem).toMatch(problem);
  });

  it("is cheap to read: a thousand in a fraction of a second", () => {
    const xml = encodeRecord(record);
    const began = performance.now();
    for (let count = 0; count < 1000; count++) decodeRecord(xml);
    expect(performance.now() - began).toBeLessThan(250);
  });
});
