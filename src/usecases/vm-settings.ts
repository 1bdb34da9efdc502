/** Setting things of a VM that is there: now where that can be, else from its next start on; said before it is done. */
import { HutchError } from "../core/errors.ts";
import { formatForward } from "../core/forward-syntax.ts";
import { assertSizes } from "../core/machine/resolve.ts";
import { isActive } from "../core/machine/status.ts";
import { formatSize } from "../core/units.ts";
import { badValue } from "../core/usage.ts";
import {
  checkDescription,
  checkTags,
  type SettingChange,
  type Settings,
  type SettingsPlan,
  type SettingsResult,
} from "../core/vm-settings.ts";
import { hostCapabilities } from "../host/capabilities.ts";
import { type Sizes, sizesIn } from "../host/domain-sizes.ts";
import { changesLive } from "../host/live-forwards.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import { applySettings } from "./apply-settings.ts";
import { startsInOrder } from "./boot-order.ts";
import type { Context } from "./context.ts";
import { displayChange, isoChange } from "./device-settings.ts";
import type { OwnedMachine } from "./guest.ts";
import { assertNotSaved, findLiving, livingMachine } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { assertPublishable } from "./ports.ts";
import { type RootDisk, rootDiskOf } from "./root-disk.ts";

const MIB = 1024 ** 2;
const PASST = "passt takes its ports when it starts.";

/** What a VM is defined by; the rest is hutch's own to keep. */
const BY_DEFINITION = ["cpus", "memoryMiB", "diskBytes", "display", "iso"] as const;

/** A VM as it is, and what is to be set of it. */
export type Change = {
  readonly machine: OwnedMachine;
  readonly settings: Settings;
  readonly changes: readonly SettingChange[];
  readonly root: RootDisk | null;
  readonly autostart: boolean;
  /** As it was: for the way back. */
  readonly inactiveXml: string;
  /** null while it is off. */
  readonly liveXml: string | null;
};

/** Changes nothing. Fails as `changeSettings` would. */
export async function planSettings(ctx: Context, name: string, settings: Settings): Promise<SettingsPlan> {
  const { machine, changes } = await examine(ctx, await findLiving(ctx, name), settings);
  return { name: machine.name, changes };
}

/**
 * E_USAGE for sizes that cannot be (more than the host has, a disk made smaller), E_CONFLICT for what a saved VM is defined
 * by, before anything is touched. What fails half way is taken back; a disk that the guest has grown into stays.
 */
export function changeSettings(ctx: Context, name: string, settings: Settings): Operation<SettingsResult> {
  const about = { kind: "set", title: `Change settings of ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const change = await examine(ctx, await livingMachine(ctx, op, name), settings);
    const warnings = change.changes.length === 0 ? [] : await applySettings(ctx, op, change);
    return { name: change.machine.name, changes: change.changes, warnings };
  });
}

async function examine(ctx: Context, machine: OwnedMachine, settings: Settings): Promise<Change> {
  assertWords(settings);
  await assertPossibleSizes(ctx, settings);
  const detail = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
  const byDefinition = machine.record.forwards.length === 0 ? BY_DEFINITION : [...BY_DEFINITION, "publish" as const];
  if (byDefinition.some((key) => settings[key] !== undefined)) assertNotSaved(machine, detail);
  const stored = sizesIn(detail.inactiveXml);
  const live = isActive(machine.status) ? sizesIn(detail.xml) : null;
  const root = settings.diskBytes === undefined ? null : await rootDiskOf(ctx, machine, detail.inactiveXml);
  return {
    machine,
    settings,
    root,
    autostart: detail.autostart,
    inactiveXml: detail.inactiveXml,
    liveXml: live === null ? null : detail.xml,
    changes: [
      ...(await publishChange(ctx, machine, settings, live === null || isLedNow(machine, detail.inactiveXml))),
      ...cpuChange(machine, settings, stored, live),
      ...memoryChange(settings, stored, live),
      ...diskChange(machine, settings, root, live !== null),
      ...displayChange(settings, detail.inactiveXml, live === null ? null : detail.xml),
      ...isoChange(settings, detail.inactiveXml, live === null ? null : detail.xml),
      ...upkeepChanges(machine, settings, detail.autostart || machine.record.startOrder !== null),
      ...orderChange(machine, settings, startsInOrder(ctx)),
    ],
  };
}

function* cpuChange(
  { record }: OwnedMachine,
  { cpus }: Settings,
  stored: Sizes,
  live: Sizes | null,
): Generator<SettingChange> {
  if (cpus === undefined || (cpus === stored.cpus && (live === null || live.cpus === cpus))) return;
  const to = { setting: "cpus", from: `${live?.cpus ?? stored.cpus}`, to: `${cpus}` };
  if (live === null) yield { ...to, when: "now", note: "" };
  else if (cpus < live.cpus) yield { ...to, when: "restart", note: "A guest does not give CPUs back while it runs." };
  else if (record.accel === "tcg")
    yield { ...to, when: "restart", note: "It is emulated: its guest takes no CPU while it runs." };
  else if (cpus > live.mostCpus)
    yield { ...to, when: "restart", note: `It was started with room for ${live.mostCpus}.` };
  else yield { ...to, when: "now", note: "" };
}

function* memoryChange({ memoryMiB }: Settings, stored: Sizes, live: Sizes | null): Generator<SettingChange> {
  if (memoryMiB === undefined || (memoryMiB === stored.memoryMiB && (live === null || live.memoryMiB === memoryMiB)))
    return;
  const from = formatSize((live?.memoryMiB ?? stored.memoryMiB) * MIB);
  const to = { setting: "memory", from, to: formatSize(memoryMiB * MIB) };
  const most = live === null ? Number.POSITIVE_INFINITY : (live.mostMemoryMiB ?? live.bootMemoryMiB);
  if (memoryMiB <= most) yield { ...to, when: "now", note: "" };
  else yield { ...to, when: "restart", note: `It was started with room for ${formatSize(most * MIB)}.` };
}

function* diskChange(
  { name, record }: OwnedMachine,
  { diskBytes }: Settings,
  root: RootDisk | null,
  active: boolean,
): Generator<SettingChange> {
  if (diskBytes === undefined || root === null) return;
  if (diskBytes < root.bytes) {
    throw new HutchError({
      code: "E_USAGE",
      message: `disk=${formatSize(diskBytes)}: the disk of ${name} has ${formatSize(root.bytes)}, and a disk is not made smaller.`,
      why: "What lies at its end would be cut off.",
      next: [`Make a smaller VM and copy what you need: hutch launch --disk …`],
    });
  }
  const from = formatSize(root.bytes);
  const to = { setting: "disk", from, to: formatSize(diskBytes) };
  if (diskBytes > root.bytes) {
    yield {
      ...to,
      when: "now",
      note: active ? "The file system of its guest grows with it." : "Its file system grows at the next start.",
    };
  } else if (active && record.pending.includes(root.pendingGrowth)) {
    yield { ...to, when: "now", note: "The disk has this size; the file system of its guest grows into it." };
  }
}

/** passt is the one that takes its ports only when it starts. */
function isLedNow({ record }: OwnedMachine, inactiveXml: string): boolean {
  return record.forwards.length === 0 || changesLive(inactiveXml);
}

/** What is published already is no change. */
async function publishChange(
  ctx: Context,
  machine: OwnedMachine,
  { publish = [] }: Settings,
  atOnce: boolean,
): Promise<readonly SettingChange[]> {
  const there = machine.record.spec.publish.map(formatForward);
  const fresh = publish.filter((forward) => !there.includes(formatForward(forward)));
  if (fresh.length === 0) return [];
  await assertPublishable(ctx, machine, fresh);
  const to = [...there, ...fresh.map(formatForward)].join(", ");
  const change = { setting: "publish", from: there.join(", "), to };
  return [atOnce ? { ...change, when: "now", note: "" } : { ...change, when: "restart", note: PASST }];
}

function* upkeepChanges({ record }: OwnedMachine, settings: Settings, autostart: boolean): Generator<SettingChange> {
  const changed = (setting: string, from: string, to: string | undefined): SettingChange[] =>
    to === undefined || from === to ? [] : [{ setting, from, to, when: "now", note: "" }];
  const onOff = (value: boolean | undefined) => (value === undefined ? undefined : value ? "on" : "off");
  yield* changed("autostart", autostart ? "on" : "off", onOff(settings.autostart));
  yield* changed("description", record.description, settings.description);
  yield* changed("tags", record.tags.join(","), settings.tags?.join(","));
  yield* changed("protect", record.protected ? "on" : "off", onOff(settings.protected));
  yield* changed(
    "delay",
    `${record.startDelay} s`,
    settings.startDelay === undefined ? undefined : `${settings.startDelay} s`,
  );
}

function* orderChange(
  { record }: OwnedMachine,
  { startOrder }: Settings,
  isStarted: boolean,
): Generator<SettingChange> {
  if (startOrder === undefined || startOrder === record.startOrder) return;
  const place = (value: number | null) => (value === null ? "none" : `${value}`);
  yield {
    setting: "order",
    from: place(record.startOrder),
    to: place(startOrder),
    when: "now",
    note: startOrder === null || isStarted ? "" : "Nothing starts VMs in order here yet: hutch autostart enable",
  };
}

/** As for a new VM of these sizes on this host; what is not to change is as it is. */
async function assertPossibleSizes(ctx: Context, { cpus, memoryMiB, diskBytes }: Settings): Promise<void> {
  if (cpus === undefined && memoryMiB === undefined && diskBytes === undefined) return;
  assertSizes(
    {
      ...(cpus === undefined ? {} : { cpus }),
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
      ...(diskBytes === undefined ? {} : { diskBytes }),
    },
    await hostCapabilities(ctx.client),
  );
}

function assertWords({ description, tags }: Settings): void {
  const said = description === undefined ? null : checkDescription(description);
  if (said !== null) throw badValue("description=", "…", said, "description='the web server'");
  const wrong = tags === undefined ? null : checkTags(tags);
  if (wrong !== null) throw badValue("tags=", tags?.join(",") ?? "", wrong, "tags=prod,web");
}
