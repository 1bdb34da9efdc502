/** What is remembered of the VMs that were looked at. */
import { type Detail, NO_DETAIL, type State } from "./state.ts";

type Details = State["details"];

/** Each may have a thousand lines of console. */
const KEPT = 50;

/** What was looked at last is kept longest. */
export function withDetail(details: Details, uuid: string, what: Partial<Detail>): Details {
  const next = new Map(details);
  const before = next.get(uuid) ?? NO_DETAIL;
  next.delete(uuid);
  next.set(uuid, { ...before, ...what });
  const [oldest] = next.keys();
  if (next.size > KEPT && oldest !== undefined) next.delete(oldest);
  return next;
}

/** VMs have changed: what comes by itself stays; all else is read again when it is looked at. */
export function readAnew(
  details: Details,
  changed: readonly { readonly uuid: string }[],
  gone: readonly string[],
): Details {
  const next = new Map(details);
  for (const { uuid } of changed) {
    const before = next.get(uuid);
    if (before === undefined) continue;
    const { console, containers } = before;
    next.set(uuid, { ...NO_DETAIL, console, containers });
  }
  for (const uuid of gone) next.delete(uuid);
  return next;
}
