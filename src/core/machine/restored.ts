/** A VM's record after it went back to a snapshot: of then what is inside the VM, of today what the host keeps for it. */
import type { MachineRecord } from "./record.ts";
import type { MachineSpec } from "./spec.ts";

export function restoredRecord(then: MachineRecord, today: MachineRecord): MachineRecord {
  const { cpus, memoryMiB, diskBytes, engine } = then.spec;
  return {
    ...today,
    spec: { ...today.spec, cpus, memoryMiB, diskBytes, engine, ...devicesOf(then.spec, today.spec) },
    engine: then.engine,
    hostKey: then.hostKey,
    cloudInit: then.cloudInit,
    image: then.image,
    // Whatever waited for the state that is gone now.
    pending: then.pending,
  };
}

/** As in the definition, which went back too; nothing where there never were any. */
function devicesOf(then: MachineSpec, today: MachineSpec): Pick<MachineSpec, "networks" | "display"> {
  return {
    ...((then.networks ?? today.networks) === undefined ? {} : { networks: then.networks ?? [] }),
    ...((then.display ?? today.display) === undefined ? {} : { display: then.display ?? false }),
  };
}
