import type { LibvirtClient } from "#ffi";
import type { Check, CheckState } from "../../core/requests.ts";
import type { Home } from "../home.ts";
import type { Paths } from "../paths.ts";
import { asTyped } from "../sudo.ts";

/** What a check may look at. Where libvirt cannot be opened, `client` is null and `fault` says why: a finding as well. */
export type CheckContext = {
  readonly home: Home;
  readonly paths: Paths;
  readonly client: LibvirtClient | null;
  readonly fault?: unknown;
};

/** One group of checks; empty where it does not apply to this home. */
export type CheckGroup = (ctx: CheckContext) => Promise<readonly Check[]>;

export function check(id: string, title: string, state: CheckState, found: string, fix: readonly string[] = []): Check {
  return { id, title, state, found, fix: asTyped(fix) };
}
