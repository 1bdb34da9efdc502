import { plural } from "../../core/plural.ts";
import type { Check } from "../../core/requests.ts";
import { canForward, forwardedUuids, forwardersOf, settleForwarders } from "../forwarders.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "forwarders";
const TITLE = "Ports that systemd leads";

/** Units outlive a VM that something else than hutch undefined: their ports stay taken, and lead nowhere. */
export async function checkForwarders(ctx: CheckContext): Promise<readonly Check[]> {
  const led = forwardedUuids();
  if (ctx.client === null || !canForward(ctx.home) || led.length === 0) return [];
  const gone = await goneMachines(ctx, led);
  if (gone.length === 0) return [check(ID, TITLE, "ok", `into ${plural(led.length, "VM")}`)];
  const ports = portsInto(gone);
  const found = `${ports.join(", ")} ${ports.length === 1 ? "leads" : "lead"} into a VM that is gone`;
  return [check(ID, TITLE, "warn", found, ["sudo hutch doctor --fix"])];
}

/** Closes the ports that lead into VMs that are gone. */
export async function fixForwarders(ctx: CheckContext): Promise<string | null> {
  const led = forwardedUuids();
  if (ctx.client === null || !canForward(ctx.home) || led.length === 0) return null;
  const gone = await goneMachines(ctx, led);
  if (gone.length === 0) return null;
  const ports = portsInto(gone);
  for (const uuid of gone) await settleForwarders(uuid, null, []);
  return `closed ${ports.length === 1 ? "the port" : "the ports"} ${ports.join(", ")}, which led into a VM that is gone`;
}

/** Of these, those of which libvirt knows nothing; one in the trash is known. */
async function goneMachines({ client }: CheckContext, led: readonly string[]): Promise<readonly string[]> {
  const known = new Set((await client?.call("domain.list", {}))?.map(({ uuid }) => uuid));
  return led.filter((uuid) => !known.has(uuid));
}

function portsInto(uuids: readonly string[]): readonly string[] {
  return uuids.flatMap((uuid) => forwardersOf(uuid).map((name) => name.slice(name.lastIndexOf("-") + 1)));
}
