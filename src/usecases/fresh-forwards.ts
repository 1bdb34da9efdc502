/** Forwards of a stopped VM, tested again at every start: ssh's may move when its port was taken; a published one may not. */
import { HutchError } from "../core/errors.ts";
import type { PortForward } from "../core/machine/spec.ts";
import type { MachineView } from "../core/machine/view.ts";
import { defineDomain } from "../host/domains.ts";
import { freePort, portIsFree, replaceForwards } from "../host/forwards.ts";
import { listMachines } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";

/** Resolves to what changed, in words. E_CONFLICT when a published port is taken. */
export async function freshForwards(ctx: Context, machine: MachineView, step: StepScope): Promise<readonly string[]> {
  const before = machine.record?.forwards ?? [];
  const said: string[] = [];
  const after: PortForward[] = [];
  for (const forward of before) {
    if (await portIsFree(forward.hostAddress, forward.hostPort, forward.protocol)) after.push(forward);
    else {
      const moved = await elsewhere(ctx, machine, forward);
      said.push(
        `Port ${forward.hostPort} was taken by another program: ssh of ${machine.name} is now at ${moved.hostAddress}:${moved.hostPort}.`,
      );
      after.push(moved);
    }
  }
  if (said.length === 0) return [];
  const { inactiveXml } = await ctx.client.call(
    "domain.detail",
    { ref: { uuid: machine.uuid } },
    { signal: step.signal },
  );
  await defineDomain(ctx.client, replaceForwards(inactiveXml, after), step.signal);
  await updateRecord(ctx.client, ctx.paths, machine.uuid, (record) => ({ ...record, forwards: after }));
  return said;
}

async function elsewhere(ctx: Context, machine: MachineView, forward: PortForward): Promise<PortForward> {
  if (forward.guestPort !== 22) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `Port ${forward.hostPort} of this host, published by ${machine.name}, is taken by another program.`,
      why: "A published port is a promise to others, so hutch does not move it by itself.",
      next: [`See who has it: ss -ltnp 'sport = :${forward.hostPort}'`, `Then: hutch start ${machine.name}`],
    });
  }
  const claimed = (await listMachines(ctx.client))
    .flatMap(({ record }) => record?.forwards ?? [])
    .map(({ hostPort }) => hostPort);
  return { ...forward, hostPort: await freePort({ taken: new Set(claimed), seed: machine.name }) };
}
