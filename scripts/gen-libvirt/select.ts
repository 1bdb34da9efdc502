/** From libvirt's description and our allow-list to what will be printed: types mapped, overrides applied, layouts laid out. */
import type { Field, FieldKind, FunctionSpec, ResultKind, StructLayout } from "../../ffi/native/types.ts";
import type { Api, ApiFunction, Argument } from "./parse.ts";

type AllowedFunction = {
  readonly fn: string;
  readonly why: string;
  readonly fails?: FunctionSpec["fails"];
  /** One-element arrays that the call fills. */
  readonly out?: readonly string[];
  /** Memory of ours that the call reads or fills. */
  readonly buffer?: readonly string[];
  /** Pointers into libvirt's memory, handed back as they came. */
  readonly address?: readonly string[];
  /** Handles that may be null. */
  readonly nullable?: readonly string[];
};
export type Allowlist = {
  readonly functions: readonly AllowedFunction[];
  readonly enums: readonly { readonly type: string; readonly prefix: string }[];
  readonly structs: readonly string[];
};

export type SelectedFunction = {
  readonly name: string;
  readonly spec: FunctionSpec;
  readonly params: readonly { readonly name: string; readonly type: string }[];
  readonly returns: string;
};
export type SelectedEnum = { readonly name: string; readonly values: readonly (readonly [string, number])[] };
export type SelectedStruct = { readonly name: string; readonly layout: StructLayout };

/** LP64, little-endian or not: sizes and alignments are equal on every 64-bit Linux that libvirt runs on. */
const SCALARS: Readonly<Record<string, { readonly size: number; readonly kind: FieldKind }>> = {
  "unsigned char": { size: 1, kind: "u8" },
  "unsigned short": { size: 2, kind: "u16" },
  int: { size: 4, kind: "i32" },
  "unsigned int": { size: 4, kind: "u32" },
  virErrorLevel: { size: 4, kind: "i32" },
  long: { size: 8, kind: "i64" },
  "unsigned long": { size: 8, kind: "u64" },
  "long long": { size: 8, kind: "i64" },
  "unsigned long long": { size: 8, kind: "u64" },
  size_t: { size: 8, kind: "u64" },
  "char *": { size: 8, kind: "string" },
  union: { size: 8, kind: "union" },
};

const isHandle = (type: string) =>
  /^vir(Connect|Domain|Network|StoragePool|StorageVol|Stream|DomainSnapshot)Ptr$/.test(type);
const handleType = (type: string) => `Handle<"${type.slice(0, -"Ptr".length)}">`;
const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

function parameter(entry: AllowedFunction, { name, type }: Argument): { c: string; ts: string } {
  const within = (list: readonly string[] | undefined) => list?.includes(name) === true;
  if (within(entry.out)) {
    const target = type.replace(/\s*\*$/, "");
    return target in SCALARS && target !== "char *"
      ? { c: `_Out_ ${target} *${name}`, ts: "OutNumber" }
      : { c: `_Out_ void **${name}`, ts: "OutAddress" };
  }
  if (within(entry.buffer)) return { c: `void *${name}`, ts: "Uint8Array" };
  if (within(entry.address)) return { c: `void *${name}`, ts: "Address" };
  if (isHandle(type)) return { c: `void *${name}`, ts: handleType(type) + (within(entry.nullable) ? " | null" : "") };
  if (type === "const char *") return { c: `const char *${name}`, ts: "string | null" };
  if (type === "void *" || /(Func|Callback)$/.test(type)) return { c: `void *${name}`, ts: "Address | null" };
  if (type in SCALARS) return { c: `${type} ${name}`, ts: "number" };
  throw new Error(`${entry.fn}: say in the allow-list what "${type} ${name}" is`);
}

function result(fn: ApiFunction): { c: string; ts: string; kind: ResultKind; fails: FunctionSpec["fails"] } {
  const type = fn.returns;
  if (type === "void") return { c: "void", ts: "void", kind: "nothing", fails: "never" };
  if (type === "char *") return { c: "void *", ts: "string", kind: "owned", fails: "null" };
  if (type === "const char *") return { c: "const char *", ts: "string", kind: "borrowed", fails: "null" };
  if (isHandle(type)) return { c: "void *", ts: handleType(type), kind: "reference", fails: "null" };
  if (type.endsWith("Ptr")) return { c: "void *", ts: "Address | null", kind: "reference", fails: "null" };
  if (type in SCALARS) return { c: type, ts: "number", kind: "number", fails: "negative" };
  throw new Error(`${fn.name}: a result of type "${type}" is not known to the generator`);
}

export function selectFunctions(allow: Allowlist, apis: readonly Api[]): readonly SelectedFunction[] {
  return allow.functions.map((entry) => {
    const fn = apis.map((api) => api.functions.get(entry.fn)).find((found) => found !== undefined);
    if (fn === undefined) throw new Error(`${entry.fn} is on the allow-list but not in libvirt's description`);
    const named = [entry.out, entry.buffer, entry.address, entry.nullable].flatMap((list) => list ?? []);
    const stray = named.find((name) => !fn.args.some((arg) => arg.name === name));
    if (stray !== undefined) throw new Error(`${entry.fn} has no parameter "${stray}"`);
    const params = fn.args.map((arg) => ({ name: arg.name, ...parameter(entry, arg) }));
    const { c, ts, kind, fails } = result(fn);
    return {
      name: fn.name,
      spec: {
        c: `${c} ${fn.name}(${params.map((param) => param.c).join(", ") || "void"})`,
        library: fn.library === "libvirt" ? "libvirt" : "libvirt-qemu",
        since: fn.since,
        fails: entry.fails ?? fails,
        result: kind,
      },
      params: params.map(({ name, ts: type }) => ({ name, type })),
      returns: ts,
    };
  });
}

/** A `_LAST` that is the type's greatest value is a sentinel; elsewhere (ADD_LAST) it is a real value. */
function isSentinel(name: string, value: number, all: readonly number[]): boolean {
  return name.endsWith("_LAST") && value === Math.max(...all) && all.filter((other) => other === value).length === 1;
}

export function selectEnums(allow: Allowlist, apis: readonly Api[]): readonly SelectedEnum[] {
  const every = apis.flatMap((api) => api.enums);
  const byName = new Map(every.map((entry) => [entry.name, entry.value]));
  const resolve = (value: string): number => {
    const number = Number(value);
    return Number.isInteger(number) ? number : resolve(byName.get(value) ?? "");
  };
  return allow.enums.map(({ type, prefix }) => {
    const members = every.filter((entry) => entry.type === type);
    if (members.length === 0) throw new Error(`enum ${type} is on the allow-list but not in libvirt's description`);
    const numbers = members.map((member) => resolve(member.value));
    const values = members
      .map((member, index) => ({ name: member.name, value: numbers[index] ?? 0 }))
      .filter(({ name, value }) => !isSentinel(name, value, numbers))
      .sort((a, b) => a.value - b.value || (a.name < b.name ? -1 : 1))
      .map(({ name, value }) => [name.slice(name.startsWith(prefix) ? prefix.length : "VIR_".length), value] as const);
    return { name: title(type.replace(/Values$/, "")), values };
  });
}

function field({ name, type }: Argument, api: Api): Omit<Field, "at"> & { readonly align: number } {
  const array = new RegExp(`^char ${name}\\[(\\w+)\\]$`).exec(type)?.[1];
  if (array !== undefined) return { size: Number(api.macros.get(array) ?? array), kind: "text", align: 1 };
  const scalar = type.endsWith("Ptr") ? { size: 8, kind: "address" as const } : SCALARS[type];
  if (scalar === undefined) throw new Error(`a field of type "${type}" is not known to the generator`);
  return { ...scalar, align: scalar.size };
}

export function selectStructs(allow: Allowlist, api: Api): readonly SelectedStruct[] {
  const up = (offset: number, align: number) => Math.ceil(offset / align) * align;
  return allow.structs.map((name) => {
    const struct = api.structs.get(name);
    if (struct === undefined || struct.fields.length === 0)
      throw new Error(`struct ${name} is not described by libvirt`);
    const fields: Record<string, Field> = {};
    let end = 0;
    let widest = 1;
    for (const argument of struct.fields) {
      const { size, kind, align } = field(argument, api);
      const at = up(end, align);
      fields[argument.name] = { at, size, kind };
      end = at + size;
      widest = Math.max(widest, align);
    }
    return { name, layout: { size: up(end, widest), fields } };
  });
}
