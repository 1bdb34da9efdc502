/** The text of the generated files. Same input, same bytes. */
import type { SelectedEnum, SelectedFunction, SelectedStruct } from "./select.ts";

const header = (version: string) =>
  `// Written by scripts/gen-libvirt.ts from libvirt ${version}. Do not edit; what the names mean is told at https://libvirt.org/html/.\n`;

export function printFunctions(version: string, functions: readonly SelectedFunction[]): string {
  const specs = functions.map(({ name, spec }) => `  ${name}: ${JSON.stringify(spec)},`);
  const signatures = functions.map(
    ({ name, params, returns }) =>
      `  ${name}: (${params.map((param) => `${param.name}: ${param.type}`).join(", ")}) => ${returns};`,
  );
  return [
    header(version),
    'import type { Address, FunctionSpec, Handle, OutAddress, OutNumber } from "../native/types.ts";',
    "",
    "export type Signatures = {",
    ...signatures,
    "};",
    "",
    "export type FunctionName = keyof Signatures;",
    "",
    "export const FUNCTIONS: { readonly [F in FunctionName]: FunctionSpec } = {",
    ...specs,
    "};",
    "",
  ].join("\n");
}

export function printEnums(version: string, enums: readonly SelectedEnum[]): string {
  const blocks = enums.flatMap(({ name, values }) => [
    `export const ${name} = {`,
    ...values.map(([key, value]) => `  ${/^\d/.test(key) ? JSON.stringify(key) : key}: ${value},`),
    "} as const;",
    `export type ${name} = (typeof ${name})[keyof typeof ${name}];`,
    "",
  ]);
  return [header(version), ...blocks].join("\n");
}

export function printStructs(version: string, structs: readonly SelectedStruct[]): string {
  const blocks = structs.flatMap(({ name, layout }) => [
    `export const ${name} = {`,
    `  size: ${layout.size},`,
    "  fields: {",
    ...Object.entries(layout.fields).map(
      ([field, { at, size, kind }]) => `    ${field}: { at: ${at}, size: ${size}, kind: "${kind}" },`,
    ),
    "  },",
    "} as const satisfies StructLayout;",
    "",
  ]);
  return [header(version), 'import type { StructLayout } from "../native/types.ts";', "", ...blocks].join("\n");
}
