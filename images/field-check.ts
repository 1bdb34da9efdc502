import { ImageError } from "./errors.ts";

/** Checks of the fields of one data file; each fails with `catalogue`, naming the file and the field. */
export type FieldCheck = ReturnType<typeof fieldCheck>;

export function fieldCheck(file: string) {
  const wrong = (path: string, problem: string): ImageError =>
    new ImageError("catalogue", `The catalogue file ${file} is wrong: ${path} ${problem}.`);

  const object = (value: unknown, path: string, keys: readonly string[]): Readonly<Record<string, unknown>> => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, "must be an object");
    const unknown = Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined)
      throw wrong(path === "the file" ? unknown : `${path}.${unknown}`, "is not a known field");
    return { ...value };
  };
  const text = (value: unknown, path: string, pattern = /./, shape = "must be a text"): string => {
    if (typeof value !== "string" || !pattern.test(value)) throw wrong(path, shape);
    return value;
  };
  const oneOf = <T extends string | number | null>(value: unknown, path: string, allowed: readonly T[]): T => {
    const found = allowed.find((word) => word === value);
    if (found === undefined) throw wrong(path, `must be one of ${allowed.join(", ")}`);
    return found;
  };
  const list = <T>(value: unknown, path: string, item: (value: unknown, path: string) => T): readonly T[] => {
    if (!Array.isArray(value)) throw wrong(path, "must be a list");
    return value.map((element, index) => item(element, `${path}[${index}]`));
  };
  const filled = <T>(value: unknown, path: string, item: (value: unknown, path: string) => T): readonly T[] => {
    const found = list(value, path, item);
    if (found.length === 0) throw wrong(path, "must not be empty");
    return found;
  };
  const flag = (value: unknown, path: string): boolean => {
    if (typeof value !== "boolean") throw wrong(path, "must be true or false");
    return value;
  };
  const address = (value: unknown, path: string): string =>
    text(value, path, /^https:\/\/[^\s/@]+\/\S+$/, "must be an https address");
  const fileName = (value: unknown, path: string): string =>
    text(value, path, /^(?!\.\.?$)[^\s/]+$/, "must be the name of a file");
  return { wrong, object, text, oneOf, list, filled, flag, address, fileName };
}
