/** A VM's definition, changed by hand: validated by libvirt, hutch's own part kept out of reach. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Definition, RedefineRequest } from "../core/definition.ts";
import { HutchError } from "../core/errors.ts";
import { isActive } from "../core/machine/status.ts";
import type { PowerResult } from "../core/requests.ts";
import { withoutRecord, withRecord } from "../host/definition-text.ts";
import { readDomain } from "../host/domain-read.ts";
import { sizesIn } from "../host/domain-sizes.ts";
import { defineDomain } from "../host/domains.ts";
import { libvirtMessage } from "../host/faults.ts";
import { startInherited } from "../host/processes.ts";
import { updateRecord } from "../host/records.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import { undoChange } from "./change-undo.ts";
import type { Context } from "./context.ts";
import { assertNotSaved, findLiving, livingMachine } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";

/** To be changed. E_CONFLICT for VMs that hutch has no record of, and for saved ones. */
export async function definition(ctx: Context, name: string): Promise<Definition> {
  const machine = await findLiving(ctx, name);
  const detail = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
  assertNotSaved(machine, detail);
  return { name: machine.name, xml: withoutRecord(detail.inactiveXml) };
}

/**
 * E_CONFLICT when it was changed since `before` was read, when name or UUID would change, and for a saved VM; E_INVALID, with
 * libvirt's words, for what is no definition. A running VM has it from its next start on.
 */
export function redefine(ctx: Context, name: string, { before, after }: RedefineRequest): Operation<PowerResult> {
  const about = { kind: "edit", title: `Redefine ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    const { uuid, record } = machine;
    const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
    assertNotSaved(machine, detail);
    if (withoutRecord(detail.inactiveXml) !== before) {
      throw new HutchError({
        code: "E_CONFLICT",
        message: `The definition of ${machine.name} was changed by somebody else meanwhile.`,
        next: [`hutch edit ${machine.name}: on what it is now`],
      });
    }
    const xml = checked(machine.name, after, record, detail);
    await op.step("define", "Define it", async (step) => {
      await step.undo(undoChange.definition(machine, detail.inactiveXml));
      try {
        await defineDomain(ctx.client, xml, step.signal);
      } catch (error) {
        if (libvirtMessage(error) === "" || step.signal.aborted) throw error;
        throw invalid(machine.name, libvirtMessage(error), error);
      }
      const { cpus, memoryMiB } = sizesIn(xml);
      const macs = readDomain(xml).interfaces.map(({ mac }) => mac);
      const networks = record.spec.networks?.filter(({ mac }) => macs.includes(mac));
      await updateRecord(ctx.client, ctx.paths, uuid, (now) => ({
        ...now,
        spec: { ...now.spec, cpus, memoryMiB, ...(networks === undefined ? {} : { networks }) },
      }));
    });
    const message = isActive(machine.status) ? "defined, from its next start on" : "defined";
    return { name: machine.name, done: true, message, warnings: [] };
  });
}

/** On the caller's terminal, in the editor of $VISUAL or $EDITOR. E_HOST when that cannot be run, E_FAILED when it fails. */
export async function openEditor(ctx: Context, text: string): Promise<string> {
  const editor = ctx.env["VISUAL"] || ctx.env["EDITOR"] || "vi";
  const folder = mkdtempSync(join(tmpdir(), "hutch-edit-"));
  const file = join(folder, "domain.xml");
  try {
    writeFileSync(file, text, { mode: 0o600 });
    // An editor may come with words of its own: EDITOR="code --wait".
    const code = await startInherited([...editor.split(" ").filter(Boolean), file]).code;
    if (code === 0) return readFileSync(file, "utf8");
    throw new HutchError({
      code: "E_FAILED",
      message: `The editor "${editor}" ended with ${code}; nothing was changed.`,
      next: ["export EDITOR=nano"],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checked(
  name: string,
  text: string,
  record: Parameters<typeof withRecord>[1],
  old: { readonly uuid: string; readonly name: string },
): string {
  let xml: string;
  try {
    xml = withRecord(text, record);
  } catch (error) {
    throw invalid(name, error instanceof HutchError ? (error.why ?? error.message) : String(error), error);
  }
  const facts = readDomain(xml);
  if (facts.uuid === old.uuid && facts.name === old.name) return xml;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `Name and UUID of ${name} are not changed by hand: libvirt would make another VM of it.`,
    next: [`hutch rename ${name} web-2`],
  });
}

function invalid(name: string, why: string, cause: unknown): HutchError {
  return new HutchError(
    {
      code: "E_INVALID",
      message: `This is no definition that libvirt takes for ${name}; nothing was changed.`,
      why,
      next: [`hutch edit ${name}`],
    },
    cause,
  );
}
