import { stringify } from "yaml";

/** Nothing but JSON's values: no `undefined`, and no anchors where one object is in two places. */
export function yaml(value: Readonly<Record<string, unknown>>): string {
  return stringify(JSON.parse(JSON.stringify(value)), { aliasDuplicateObjects: false });
}
