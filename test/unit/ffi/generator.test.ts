import { describe, expect, it } from "vitest";
import { parseApi } from "../../../scripts/gen-libvirt/parse.ts";
import { printEnums, printFunctions, printStructs } from "../../../scripts/gen-libvirt/print.ts";
import { selectEnums, selectFunctions, selectStructs } from "../../../scripts/gen-libvirt/select.ts";

const XML = `<?xml version="1.0"?>
<api name='libvirt'>
 <symbols>
  <macro name='LIBVIR_VERSION_NUMBER' file='x' raw='9001002' version='0.0.1'><info><![CDATA[<function name='notReal'>]]></info></macro>
  <macro name='NAME_LENGTH' file='x' raw='80' version='0.0.1'/>
  <enum name='VIR_THING_B' value='2' type='virThing' info='a &lt; b > c'/>
  <enum name='VIR_THING_A' value='0' type='virThing'/>
  <enum name='VIR_THING_ALIAS' value='VIR_THING_B' type='virThing'/>
  <enum name='VIR_THING_LAST' value='3' type='virThing'/>
  <enum name='VIR_CMD_ADD_LAST' value='1' type='virCmd'/>
  <enum name='VIR_CMD_ADD_FIRST' value='2' type='virCmd'/>
  <struct name='virDomain' type='struct _virDomain'/>
  <struct name='virInfo' type='struct _virInfo'>
   <field name='state' type='unsigned char'/>
   <field name='name' type='char name[NAME_LENGTH]'/>
   <field name='value' type='union'><union><field name='i' type='int'/><field name='s' type='char *'/></union></field>
   <field name='count' type='unsigned short'/>
  </struct>
  <functype name='virCallback'><return type='int'/><arg name='stray' type='int'/></functype>
  <function name='virDomainGetState' version='0.9.2'>
   <return type='int'/><arg name='domain' type='virDomainPtr'/><arg name='state' type='int *'/><arg name='flags' type='unsigned int'/>
  </function>
  <function name='virDomainGetXMLDesc' version='0.0.3'><return type='char *'/><arg name='domain' type='virDomainPtr'/></function>
 </symbols>
</api>`;

const api = parseApi(XML, "libvirt");

describe("the generator", () => {
  it("reads the version and what is really declared", () => {
    expect(api.version).toBe("9.1.2");
    expect([...api.functions.keys()]).toEqual(["virDomainGetState", "virDomainGetXMLDesc"]);
    expect(api.functions.get("virDomainGetState")?.args.map((arg) => arg.name)).toEqual(["domain", "state", "flags"]);
  });

  it("makes a prototype, a fail rule and an owner of each function", () => {
    const functions = [
      { fn: "virDomainGetState", why: "-", out: ["state"] },
      { fn: "virDomainGetXMLDesc", why: "-" },
    ];
    const [state, xml] = selectFunctions({ functions, enums: [], structs: [] }, [api]);
    expect(state?.spec).toEqual({
      c: "int virDomainGetState(void *domain, _Out_ int *state, unsigned int flags)",
      library: "libvirt",
      since: "0.9.2",
      fails: "negative",
      result: "number",
    });
    expect(xml?.spec).toMatchObject({ fails: "null", result: "owned" });
    expect(
      printFunctions(
        "9.1.2",
        [state, xml].flatMap((one) => one ?? []),
      ),
    ).toContain('virDomainGetState: (domain: Handle<"virDomain">, state: OutNumber, flags: number) => number;');
  });

  it("refuses a parameter that nobody has explained, and an override for one that is not there", () => {
    const select = (entry: object) =>
      selectFunctions({ functions: [{ fn: "virDomainGetState", why: "-", ...entry }], enums: [], structs: [] }, [api]);
    expect(() => select({})).toThrow(/int \* state/);
    expect(() => select({ out: ["state", "reason"] })).toThrow(/reason/);
    expect(() => selectFunctions({ functions: [{ fn: "virNope", why: "-" }], enums: [], structs: [] }, [api])).toThrow(
      /virNope/,
    );
  });

  it("drops a _LAST that is the end of its type, and only that", () => {
    const enums = [
      { type: "virThing", prefix: "VIR_THING_" },
      { type: "virCmd", prefix: "VIR_CMD_" },
    ];
    const selected = selectEnums({ functions: [], enums, structs: [] }, [api]);
    expect(selected.map((one) => one.values)).toEqual([
      [
        ["A", 0],
        ["ALIAS", 2],
        ["B", 2],
      ],
      [
        ["ADD_LAST", 1],
        ["ADD_FIRST", 2],
      ],
    ]);
    expect(printEnums("9.1.2", selected)).toContain("export const VirCmd = {\n  ADD_LAST: 1,");
  });

  it("lays structs out as the C compiler does", () => {
    const selected = selectStructs({ functions: [], enums: [], structs: ["virInfo"] }, api);
    expect(selected[0]?.layout).toEqual({
      size: 104,
      fields: {
        state: { at: 0, size: 1, kind: "u8" },
        name: { at: 1, size: 80, kind: "text" },
        value: { at: 88, size: 8, kind: "union" },
        count: { at: 96, size: 2, kind: "u16" },
      },
    });
    expect(printStructs("9.1.2", selected)).toContain('count: { at: 96, size: 2, kind: "u16" }');
  });
});
