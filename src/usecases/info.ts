/** Everything about one VM: record, status and what its definition says, foreign VMs included. */
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { AddressInfo, DiskInfo, MachineInfo } from "../core/requests.ts";
import { addressesOf } from "../host/addresses.ts";
import { type DomainFacts, readDomain } from "../host/domain-read.ts";
import { findMachine } from "../host/machines.ts";
import { listSnapshots } from "../host/snapshots.ts";
import { sshLine } from "../host/ssh/command.ts";
import type { Context } from "./context.ts";
import { sshTargetOf } from "./guest.ts";
import { missedMounts } from "./mount-record.ts";
import { cardRows } from "./network-card-rows.ts";

/** E_NOT_FOUND with near names. */
export async function info(ctx: Context, name: string): Promise<MachineInfo> {
  const machine = await findMachine(ctx.client, name);
  const detail = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
  const facts = readDomain(detail.xml);
  const macs = facts.interfaces.flatMap(({ mac }) => mac ?? []);
  const target = machine.record === null ? null : await sshTargetOf(ctx, { ...machine, record: machine.record });
  return {
    ...machine,
    problems: [...machine.problems, ...missed(ctx, machine)],
    cpus: detail.vcpus,
    memoryBytes: detail.memoryKiB * 1024,
    // One with a place in the order is started by hutch's unit, and not by libvirt.
    autostart: detail.autostart || (machine.record?.startOrder ?? null) !== null,
    addresses: await addresses(ctx, machine, macs),
    disks: await disks(ctx, facts),
    snapshots: await snapshots(ctx, machine),
    macs,
    cards: cardRows(machine, detail),
    domainType: facts.type,
    machineType: facts.machine,
    firmware: facts.firmware,
    consoleLog: facts.consoleLog,
    ssh: target === null ? null : sshLine(ctx.paths, target),
  };
}

/** Folders that a running VM should see and does not. */
function missed(ctx: Context, machine: MachineView): readonly string[] {
  const { record, status } = machine;
  return record === null || !isActive(status) ? [] : missedMounts(ctx, { ...machine, record });
}

async function addresses(ctx: Context, machine: MachineView, macs: readonly string[]): Promise<readonly AddressInfo[]> {
  const forward = machine.record?.forwards.find(({ guestPort }) => guestPort === 22);
  if (forward !== undefined)
    return [{ address: `${forward.hostAddress}:${forward.hostPort}`, family: "ipv4", source: "forward" }];
  const seen = isActive(machine.status) ? await addressesOf(ctx.client, machine.uuid, macs) : [];
  const kept = machine.record?.address;
  if (kept && !seen.some(({ address }) => address === kept))
    return [{ address: kept, family: kept.includes(":") ? "ipv6" : "ipv4", source: "static" }, ...seen];
  return seen;
}

/** None where the driver has no snapshots. */
async function snapshots(ctx: Context, { uuid }: MachineView): Promise<MachineInfo["snapshots"]> {
  const rows = await listSnapshots(ctx.client, uuid).catch(() => []);
  return rows.map(({ name, current }) => ({ name, current }));
}

/** Sizes as the pool knows them; null for disks that lie outside every pool. */
async function disks(ctx: Context, facts: DomainFacts): Promise<readonly DiskInfo[]> {
  const pools = await ctx.client.call("pool.list", {}).catch(() => []);
  const volumes = (
    await Promise.all(
      pools
        .filter(({ active }) => active)
        .map(({ name }) => ctx.client.call("volume.list", { pool: name }).catch(() => [])),
    )
  ).flat();
  return facts.disks.map(({ target, source, format }) => {
    const volume = volumes.find(({ path }) => path === source);
    return {
      target,
      source: source ?? "",
      format: format ?? "",
      virtualBytes: volume?.capacityBytes ?? null,
      usedBytes: volume?.allocationBytes ?? null,
    };
  });
}
