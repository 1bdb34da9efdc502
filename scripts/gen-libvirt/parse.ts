/** Reads libvirt-api.xml into plain records. Only names, types and numbers are kept; the prose stays libvirt's. */

export type Argument = { readonly name: string; readonly type: string };
export type ApiFunction = {
  readonly name: string;
  readonly library: string;
  readonly since: string;
  readonly returns: string;
  readonly args: readonly Argument[];
};
export type ApiEnumValue = { readonly name: string; readonly type: string; readonly value: string };
export type ApiStruct = { readonly name: string; readonly fields: readonly Argument[] };
export type Api = {
  /** Of the library that the file describes, `9.0.0`; empty in the companion files. */
  readonly version: string;
  readonly functions: ReadonlyMap<string, ApiFunction>;
  readonly enums: readonly ApiEnumValue[];
  readonly structs: ReadonlyMap<string, ApiStruct>;
  readonly macros: ReadonlyMap<string, string>;
};

type Attributes = ReadonlyMap<string, string>;
type Tag = { readonly name: string; readonly closing: boolean; readonly attributes: Attributes };

/** The file is machine-made (single-quoted attributes, no comments), so a scan for tags is enough. */
function* tags(xml: string): Generator<Tag> {
  const plain = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, "");
  for (const [, slash, name, attributes] of plain.matchAll(/<(\/?)([a-z]+)((?:\s+[\w]+='[^']*')*)\s*\/?>/g)) {
    const pairs = [...(attributes ?? "").matchAll(/(\w+)='([^']*)'/g)];
    yield {
      name: name ?? "",
      closing: slash === "/",
      attributes: new Map(pairs.map(([, key, value]) => [key ?? "", value ?? ""])),
    };
  }
}

export function parseApi(xml: string, library: string): Api {
  const functions = new Map<string, ApiFunction>();
  const structs = new Map<string, ApiStruct>();
  const macros = new Map<string, string>();
  const enums: ApiEnumValue[] = [];
  let args: Argument[] = [];
  let fields: Argument[] = [];
  let returns = "void";
  let unions = 0;
  let open: Attributes = new Map();

  for (const { name, closing, attributes } of tags(xml)) {
    const get = (key: string) => attributes.get(key) ?? "";
    if (name === "union") unions += closing ? -1 : 1;
    else if ((name === "function" || name === "functype") && !closing) [open, args, returns] = [attributes, [], "void"];
    else if (name === "struct" && !closing) [open, fields] = [attributes, []];
    else if (name === "return") returns = get("type");
    else if (name === "arg") args.push({ name: get("name"), type: get("type") });
    else if (name === "field" && !closing && unions === 0) fields.push({ name: get("name"), type: get("type") });
    else if (name === "enum") enums.push({ name: get("name"), type: get("type"), value: get("value") });
    else if (name === "macro" && !closing) macros.set(get("name"), get("raw"));
    else if (name === "function") {
      const fn = open.get("name") ?? "";
      functions.set(fn, { name: fn, library, since: open.get("version") ?? "", returns, args });
    } else if (name === "struct") {
      const struct = open.get("name") ?? "";
      structs.set(struct, { name: struct, fields });
    }
  }
  const number = Number(macros.get("LIBVIR_VERSION_NUMBER") ?? "0");
  const version = [Math.floor(number / 1_000_000), Math.floor(number / 1_000) % 1_000, number % 1_000].join(".");
  return { version, functions, enums, structs, macros };
}
