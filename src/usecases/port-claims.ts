/** Host ports that VMs have, also while they are off: a published port is a promise. */
import { HutchError } from "../core/errors.ts";
import type { PortForward } from "../core/machine/spec.ts";
import type { MachineView } from "../core/machine/view.ts";
import { portIsFree } from "../host/forwards.ts";
import { portsOf } from "./forwarder.ts";

export type Claim = PortForward & { readonly by: string };

export function claimedPorts(machines: readonly MachineView[]): readonly Claim[] {
  return machines.flatMap((machine) =>
    (machine.record === null ? [] : portsOf(machine.record)).map((forward) => ({ ...forward, by: machine.name })),
  );
}

/** E_CONFLICT when a VM has the port, or another program listens there. `said` is what was typed for it. */
export async function assertPortFree(
  wanted: PortForward,
  machines: readonly MachineView[],
  said: string,
): Promise<void> {
  const claim = claimedPorts(machines).find(
    ({ protocol, hostPort }) => protocol === wanted.protocol && hostPort === wanted.hostPort,
  );
  if (claim === undefined && (await portIsFree(wanted.hostAddress, wanted.hostPort, wanted.protocol))) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${said}: ${wanted.hostAddress}:${wanted.hostPort}/${wanted.protocol} is taken.`,
    why:
      claim === undefined
        ? "Another program listens there."
        : `The VM ${claim.by} has it (it counts while stopped too).`,
    next: [`Choose another host port: ${said} ${wanted.hostPort + 1}:${wanted.guestPort}`],
  });
}
