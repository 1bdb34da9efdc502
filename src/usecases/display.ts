/** Where a VM's screen is. */
import type { DisplayInfo } from "../core/enter.ts";
import { HutchError } from "../core/errors.ts";
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import { hasDisplay, type Screen, screensIn } from "../host/display.ts";
import { findMachine } from "../host/machines.ts";
import type { Context } from "./context.ts";

/** VMs that others made have one too. E_NOT_FOUND; E_CONFLICT when it has none, or is off. */
export async function display(ctx: Context, name: string): Promise<DisplayInfo> {
  const machine = await findMachine(ctx.client, name);
  const detail = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
  const [screen] = isActive(machine.status) ? screensIn(detail.xml) : [];
  if (screen === undefined || screen.port === null) throw unseen(machine, detail);
  const { kind, address, port } = screen;
  const tunnel = tunnelTo(ctx, screen, port);
  const at = tunnel === null ? address : "127.0.0.1";
  return {
    name: machine.name,
    kind,
    address,
    port,
    url: `${kind}://${at.includes(":") ? `[${at}]` : at}:${port}`,
    tunnel,
  };
}

function unseen(
  { name, status, record }: MachineView,
  { xml, inactiveXml }: { readonly xml: string; readonly inactiveXml: string },
): HutchError {
  const [now, later] = [hasDisplay(xml), hasDisplay(inactiveXml)];
  if (!isActive(status) && later) {
    return new HutchError({
      code: "E_CONFLICT",
      message: `${name} is ${status.power}: its screen is there while it runs.`,
      next: [`hutch start ${name}`],
    });
  }
  if (now) {
    return new HutchError({
      code: "E_CONFLICT",
      message: `The screen of ${name} has no port that a viewer could open.`,
      next: [`virt-viewer ${name}, on its host`],
    });
  }
  const whose = record === null ? [`hutch adopt ${name}`] : [];
  return new HutchError({
    code: "E_CONFLICT",
    message: later ? `${name} gets its screen with its next start.` : `${name} has no screen.`,
    next: [
      ...(later ? [`hutch restart ${name}`] : [...whose, `hutch set ${name} display=on: from its next start on`]),
      `hutch console ${name}`,
    ],
  });
}

/** The command that leads it to the machine at which the caller sits; null for what every machine can open by itself. */
export function tunnelTo(
  { home, env, caller }: Pick<Context, "home" | "env" | "caller">,
  { address }: Pick<Screen, "address">,
  port: number,
): string | null {
  if (address !== "127.0.0.1" && address !== "::1") return null;
  const ends = `-NL ${port}:${address.includes(":") ? `[${address}]` : address}:${port}`;
  if (home.remote) {
    const {
      user,
      host = "",
      ssh,
    } = /^[a-z]+(?:\+(?<transport>[a-z0-9]+))?:\/\/(?:(?<user>[^@/]+)@)?(?<host>\[[^\]]+\]|[^:/?]+)(?::(?<ssh>\d+))?/i.exec(
      home.uri,
    )?.groups ?? {};
    // The port of other transports is not ssh's.
    const way = ssh !== undefined && home.uri.includes("+ssh") ? `-p ${ssh} ` : "";
    return `ssh ${way}${ends} ${user === undefined ? "" : `${user}@`}${host.replace(/^\[|\]$/g, "")}`;
  }
  // Whoever came by ssh sits at another machine.
  const here = env["SSH_CONNECTION"]?.split(" ")[2];
  return here === undefined ? null : `ssh ${ends} ${caller.user}@${here}`;
}
