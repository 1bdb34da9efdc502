/** A VM's record after it went back to a snapshot: of then what is inside the VM, of today what the host keeps for it. */
import type { MachineRecord } from "./record.ts";

export function restoredRecord(then: MachineRecord, today: MachineRecord): MachineRecord {
  const { cpus, memoryMiB, diskBytes, engine, networks = [], display = false } = then.spec;
  return {
    ...today,
    spec: { ...today.spec, cpus, memoryMiB, diskBytes, engine, networks, display },
    engine: then.engine,
    hostKey: then.hostKey,
    cloudInit: then.cloudInit,
    image: then.image,
    // Whatever waited for the state that is gone now.
    pending: then.pending,
  };
}
