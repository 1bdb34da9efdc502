/** Carries out what `settings` has found possible. */
import { guestScript } from "#cloud-init";
import { AT_NEXT_START } from "../core/machine/pending.ts";
import { isActive } from "../core/machine/status.ts";
import { withDisplay } from "../host/display.ts";
import { plugCpus, setLiveMemory, withSizes } from "../host/domain-sizes.ts";
import { defineDomain } from "../host/domains.ts";
import { updateRecord } from "../host/records.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { OpScope, StepScope } from "../ops/operation.ts";
import { undoChange } from "./change-undo.ts";
import type { Context } from "./context.ts";
import { ejectImages } from "./device-settings.ts";
import { type OwnedMachine, ownedByUuid, sshTargetOf } from "./guest.ts";
import { leadPorts, withPublished } from "./ports.ts";
import { dropOldSafety, takeSafety } from "./restore.ts";
import { growRootDisk } from "./root-disk.ts";
import type { Change } from "./vm-settings.ts";

/** Settings that are more than a line of definition or record. */
const OWN_STEP = ["disk", "publish", "iso"];
/** The guest's answer to CPUs that were plugged in. */
const GUEST_MS = 20_000;

/** Resolves to warnings. */
export async function applySettings(ctx: Context, op: OpScope, change: Change): Promise<readonly string[]> {
  const { machine, settings, root } = change;
  const grows = root !== null && (settings.diskBytes ?? 0) > root.bytes;
  if (grows) await takeSafety(ctx, op, machine, "resize");
  const warnings: string[] = [];
  const written = { ...change, changes: change.changes.filter(({ setting }) => !OWN_STEP.includes(setting)) };
  if (written.changes.length > 0) {
    await op.step("settings", "Write the settings", async (step) => {
      await step.undo(undoChange.settings(change));
      await write(ctx, written, step);
      warnings.push(...(await giveNow(ctx, written, step)));
    });
  }
  if (root !== null && change.changes.some(({ setting }) => setting === "disk"))
    warnings.push(...(await growRootDisk(ctx, op, machine, root, settings.diskBytes ?? root.bytes)));
  if (change.changes.some(({ setting }) => setting === "publish"))
    await op.step("publish", "Publish ports", async (step) => {
      const now = await ownedByUuid(ctx, machine.uuid);
      await leadPorts(ctx, now, withPublished(now, settings.publish ?? []), step);
    });
  if (change.changes.some(({ setting }) => setting === "iso")) await ejectImages(ctx, op, machine);
  if (grows) await dropOldSafety(ctx, machine.uuid);
  return warnings;
}

/** What is in the definition and the record. */
async function write(
  ctx: Context,
  { machine, settings, changes, inactiveXml }: Change,
  step: StepScope,
): Promise<void> {
  const { uuid, record } = machine;
  const { cpus = record.spec.cpus, memoryMiB = record.spec.memoryMiB } = settings;
  const asked = settings.startOrder === undefined ? record.startOrder : settings.startOrder;
  const autostart = settings.autostart ?? (record.spec.autostart || asked !== null);
  const startOrder = autostart ? asked : null;
  const sized = changes.some(({ setting }) => setting === "cpus" || setting === "memory");
  const { display } = settings;
  const resized = sized ? withSizes(inactiveXml, { cpus, memoryMiB }) : inactiveXml;
  const xml = display === undefined ? resized : withDisplay(resized, display);
  if (xml !== inactiveXml) await defineDomain(ctx.client, xml, step.signal);
  await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({
    ...before,
    description: settings.description ?? before.description,
    tags: settings.tags ?? before.tags,
    protected: settings.protected ?? before.protected,
    startOrder,
    startDelay: settings.startDelay ?? before.startDelay,
    spec: { ...before.spec, cpus, memoryMiB, autostart, ...(display === undefined ? {} : { display }) },
    pending: [
      ...before.pending.filter((each) => !changes.some(({ setting }) => each.startsWith(`${setting}: `))),
      ...changes
        .filter(({ when }) => when === "restart")
        .map(({ setting, to }) => `${setting}: ${to}, ${AT_NEXT_START}`),
    ],
  }));
  // What has a place in the order is started by hutch's unit, not by libvirt as well.
  if (settings.autostart !== undefined || settings.startOrder !== undefined)
    await ctx.client.call("domain.setAutostart", { uuid, autostart: autostart && startOrder === null });
}

/** What a running VM gets at once. */
async function giveNow(
  ctx: Context,
  { machine, settings, changes }: Change,
  step: StepScope,
): Promise<readonly string[]> {
  if (!isActive(machine.status)) return [];
  const now = (name: string) => changes.some(({ setting, when }) => setting === name && when === "now");
  const warnings: string[] = [];
  if (settings.memoryMiB !== undefined && now("memory"))
    await setLiveMemory(ctx.client, machine.uuid, settings.memoryMiB, step.signal);
  if (settings.cpus !== undefined && now("cpus")) {
    await plugCpus(ctx.client, machine.uuid, settings.cpus, step.signal);
    warnings.push(...(await takeIntoUse(ctx, machine, settings.cpus, step)));
  }
  return warnings;
}

/** Most guests leave a new CPU asleep until they are told. */
async function takeIntoUse(
  ctx: Context,
  machine: OwnedMachine,
  cpus: number,
  step: StepScope,
): Promise<readonly string[]> {
  const now = await ownedByUuid(ctx, machine.uuid);
  const target = now.status.power === "running" ? await sshTargetOf(ctx, now) : null;
  const asleep = [`The CPUs are plugged in; the guest was not seen to use them: hutch exec ${machine.name} -- nproc`];
  if (target === null) return asleep;
  const answer = await sshRun(ctx.paths, target, ["sudo", "-n", "sh", "-s"], {
    stdin: guestScript("online-cpus.sh"),
    timeoutMs: GUEST_MS,
    signal: step.signal,
  });
  return answer.code === 0 && Number(answer.stdout.trim()) >= cpus ? [] : asleep;
}
