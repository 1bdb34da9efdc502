/** Changes of a blank VM that can be broken, cancelled and killed at each of their points. */
import { join } from "node:path";
import { parseForward } from "../../src/core/forward-syntax.ts";
import type { Operation } from "../../src/ops/operation.ts";
import { clone } from "../../src/usecases/clone.ts";
import type { Context } from "../../src/usecases/context.ts";
import { attachDisk, detachDisk } from "../../src/usecases/disks.ts";
import { exportMachine } from "../../src/usecases/export.ts";
import { importMachine } from "../../src/usecases/import.ts";
import { addCard, removeCard } from "../../src/usecases/network-cards.ts";
import { addPorts, removePorts } from "../../src/usecases/ports.ts";
import { rename } from "../../src/usecases/rename.ts";
import { restoreSnapshot } from "../../src/usecases/restore.ts";
import { createSnapshot } from "../../src/usecases/snapshots.ts";
import { changeSettings } from "../../src/usecases/vm-settings.ts";

const MIB = 1024 ** 2;

export const CHANGE_VERBS = [
  "set",
  "clone",
  "restore",
  "snapshot",
  "attach",
  "detach",
  "rename",
  "export",
  "import",
  "plug",
  "unplug",
  "publish",
  "close",
] as const;
export type ChangeVerb = (typeof CHANGE_VERBS)[number];

/** A port of the host, for a VM on a network. */
export const PUBLISHED = parseForward("21080:80");

/** The VM has a snapshot `then`, and a data disk at vdc; the file to import is `exported.tar` in the home. A card to unplug is its second. */
export function changesOf(ctx: Context, name: string): Readonly<Record<ChangeVerb, () => Operation<unknown>>> {
  return {
    set: () =>
      changeSettings(ctx, name, { cpus: 2, memoryMiB: 96, diskBytes: 32 * MIB, autostart: true, tags: ["new"] }),
    clone: () => clone(ctx, name, { to: `${name}-copy` }),
    restore: () => restoreSnapshot(ctx, name, { snapshot: "then" }),
    snapshot: () => createSnapshot(ctx, name, { snapshot: "now" }),
    attach: () => attachDisk(ctx, name, { bytes: 8 * MIB }),
    detach: () => detachDisk(ctx, name, { target: "vdc" }),
    rename: () => rename(ctx, name, `${name}-new`),
    export: () => exportMachine(ctx, name, { file: join(ctx.env["HOME"] ?? "", "again.tar"), force: true }),
    import: () => importMachine(ctx, { file: exportedFile(ctx), name: `${name}-moved` }),
    plug: () => addCard(ctx, name, { kind: "network", network: "lab" }),
    unplug: () => removeCard(ctx, name, "2"),
    publish: () => addPorts(ctx, name, [PUBLISHED]),
    close: () => removePorts(ctx, name, [PUBLISHED]),
  };
}

export function exportedFile(ctx: Pick<Context, "env">): string {
  return join(ctx.env["HOME"] ?? "", "exported.tar");
}
