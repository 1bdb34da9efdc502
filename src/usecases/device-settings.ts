/** Screen and drive of a VM, as `set` has them. */
import { basename } from "node:path";
import { VirDomainModificationImpact as Impact } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { isActive } from "../core/machine/status.ts";
import type { SettingChange, Settings } from "../core/vm-settings.ts";
import { emptyDrive } from "../host/devices.ts";
import { hasDisplay } from "../host/display.ts";
import { readDomain } from "../host/domain-read.ts";
import { updateRecord } from "../host/records.ts";
import { deleteVolume } from "../host/volumes.ts";
import type { OpScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { undoDrive } from "./drive-undo.ts";
import { type OwnedMachine, ownedByUuid } from "./guest.ts";

export function* displayChange(
  { display }: Settings,
  inactiveXml: string,
  liveXml: string | null,
): Generator<SettingChange> {
  if (display === undefined) return;
  const stored = hasDisplay(inactiveXml);
  const seen = liveXml === null ? stored : hasDisplay(liveXml);
  if (stored === display && seen === display) return;
  const word = (on: boolean) => (on ? "on" : "off");
  const change = { setting: "display", from: word(seen), to: word(display) };
  if (liveXml === null || seen === display) yield { ...change, when: "now", note: "" };
  else yield { ...change, when: "restart", note: "A screen comes and goes with a start." };
}

/** Of images in drives, as it runs and as it will. */
export function* isoChange({ iso }: Settings, inactiveXml: string, liveXml: string | null): Generator<SettingChange> {
  if (iso === undefined) return;
  const inside = [inactiveXml, ...(liveXml === null ? [] : [liveXml])].flatMap(loadedDrives);
  const names = [...new Set(inside.map(({ source }) => basename(source)))];
  if (names.length > 0) yield { setting: "iso", from: names.join(", "), to: "", when: "now", note: "" };
}

/** Empties its drives, then removes what was in them where that belongs to this VM alone. */
export async function ejectImages(ctx: Context, op: OpScope, { uuid }: OwnedMachine): Promise<void> {
  const machine = await ownedByUuid(ctx, uuid);
  const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
  const running = isActive(machine.status) ? loadedDrives(detail.xml) : [];
  const stored = loadedDrives(detail.inactiveXml);
  await op.step("eject", "Take the image out of the drive", async (step) => {
    for (const [drives, xml, flags] of [
      [running, detail.xml, Impact.LIVE],
      [stored, detail.inactiveXml, Impact.CONFIG],
    ] as const) {
      for (const { target } of drives) {
        const { full, empty } = emptyDrive(xml, target);
        await step.undo(undoDrive.emptied(machine, { target, xml: full, live: flags === Impact.LIVE }));
        await ctx.client
          .call("domain.updateDevice", { uuid, xml: empty, flags }, { signal: step.signal })
          .catch((error: unknown) => {
            throw flags === Impact.LIVE && !step.signal.aborted ? held(machine.name, error) : error;
          });
      }
    }
  });
  const sources = [...running, ...stored].map(({ source }) => source);
  const volumes = await ctx.client.call("volume.list", { pool: machine.record.pool });
  const own = volumes.filter(({ name, path }) => sources.includes(path) && machine.record.volumes.includes(name));
  if (own.length === 0) return;
  await op.step("remove", "Remove the image", async () => {
    op.keepOnFailure();
    for (const { name } of own) await deleteVolume(ctx.client, machine.record.pool, name);
    await updateRecord(ctx.client, ctx.paths, uuid, (now) => ({
      ...now,
      volumes: now.volumes.filter((volume) => !own.some(({ name }) => name === volume)),
    }));
  });
}

function loadedDrives(xml: string): readonly { readonly target: string; readonly source: string }[] {
  return readDomain(xml).disks.flatMap(({ device, target, source }) =>
    device === "cdrom" && source !== null ? [{ target, source }] : [],
  );
}

function held(name: string, error: unknown): HutchError {
  return new HutchError(
    {
      code: "E_GUEST",
      message: `The guest of ${name} does not let go of its disc.`,
      why: error instanceof Error ? error.message : String(error),
      next: [`Eject it inside the VM, or: hutch stop ${name}, then hutch set ${name} iso=off`],
    },
    error,
  );
}
