/** The C world as TypeScript sees it. Nothing of this may cross a thread. */

declare const handle: unique symbol;

/** A counted reference to a libvirt object. */
export type Handle<T extends string> = bigint & { readonly [handle]: T };

export type Address = bigint;

/** An out-parameter: a one-element array that the call fills. 64-bit numbers beyond 2^53 come as bigint. */
export type OutNumber = [number | bigint];
export type OutAddress = [Address | null];

/** When a call has failed, judged by what it returned. */
export type FailRule = "negative" | "minus-one" | "null" | "zero" | "never";

/** What a call returns: `owned` strings are copied and freed by us, `borrowed` ones only copied. */
export type ResultKind = "number" | "nothing" | "reference" | "owned" | "borrowed";

export type FunctionSpec = {
  /** The prototype as koffi reads it. */
  readonly c: string;
  readonly library: "libvirt" | "libvirt-qemu";
  /** The first libvirt that has it. */
  readonly since: string;
  readonly fails: FailRule;
  readonly result: ResultKind;
};

export type FieldKind = "u8" | "u16" | "i32" | "u32" | "i64" | "u64" | "address" | "string" | "text" | "union";

/** Where a field lies in its struct; `text` is an inline character array of `size` bytes. */
export type Field = { readonly at: number; readonly size: number; readonly kind: FieldKind };

export type StructLayout = { readonly size: number; readonly fields: { readonly [name: string]: Field } };
