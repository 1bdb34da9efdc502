/** Reading C memory: always copied out first, so that nothing here outlives what libvirt frees. */
import { koffi } from "./koffi.ts";
import { libc } from "./libc.ts";
import type { Address, Field, FieldKind, Handle, OutAddress, StructLayout } from "./types.ts";

const WORD = 4_294_967_296;

export function copyOut(address: Address, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  if (length > 0) libc().memcpy(bytes, address, length);
  return bytes;
}

export function stringAt(address: Address): string | null {
  return address === 0n ? null : koffi().decode.string(address);
}

/** Copies a string that C allocated for us and frees it. */
export function takeString(address: Address): string {
  try {
    return stringAt(address) ?? "";
  } finally {
    libc().free(address);
  }
}

/** Copies the addresses of an array that C allocated for us and frees the array (not what they point at). */
export function takeAddresses(array: OutAddress, count: number): Address[] {
  const [start] = array;
  if (start === null || start === 0n) return [];
  try {
    const bytes = copyOut(start, count * 8);
    return Array.from({ length: count }, (_, index) => bytes.readBigUInt64LE(index * 8));
  } finally {
    libc().free(start);
  }
}

/** As `takeAddresses`, for an array of counted references. */
export function takeHandles<T extends string>(array: OutAddress, count: number): Handle<T>[] {
  return takeAddresses(array, count) as Handle<T>[];
}

/** Unsigned, exact to 2^53. */
export function u64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * WORD;
}

/** Signed, exact to 2^53. */
export function i64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readInt32LE(at + 4) * WORD;
}

/** An inline character array, up to its NUL. */
export function textAt(bytes: Buffer, at: number, size: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString("latin1", at, end < 0 || end > at + size ? at + size : end);
}

type Value<K extends FieldKind> = K extends "address"
  ? Address
  : K extends "string"
    ? string | null
    : K extends "text"
      ? string
      : number;

/** Reads one struct's fields by name from a copy of its bytes. */
export function reader<L extends StructLayout>(
  layout: L,
  bytes: Buffer,
  start = 0,
): <F extends keyof L["fields"]>(name: F) => Value<L["fields"][F]["kind"]> {
  return <F extends keyof L["fields"]>(name: F) => {
    const field = layout.fields[name as string];
    if (field === undefined) throw new RangeError(`no such field: ${String(name)}`);
    return readField(bytes, start + field.at, field) as Value<L["fields"][F]["kind"]>;
  };
}

function readField(bytes: Buffer, at: number, field: Field): number | string | Address | null {
  switch (field.kind) {
    case "u8":
      return bytes.readUInt8(at);
    case "u16":
      return bytes.readUInt16LE(at);
    case "i32":
      return bytes.readInt32LE(at);
    case "u32":
      return bytes.readUInt32LE(at);
    case "i64":
      return i64(bytes, at);
    case "u64":
    case "union":
      return u64(bytes, at);
    case "address":
      return bytes.readBigUInt64LE(at);
    case "string":
      return stringAt(bytes.readBigUInt64LE(at));
    case "text":
      return textAt(bytes, at, field.size);
  }
}
