/** What libvirt says now. Never stored. */

export type PowerState = "running" | "paused" | "stopping" | "stopped" | "saved" | "crashed" | "suspended" | "unknown";

export type MachineStatus = {
  readonly power: PowerState;
  /** Why it is in that state, in libvirt's words (`booted`, `destroyed`, `ioerror`, …); empty when it has none. */
  readonly reason: string;
  readonly persistent: boolean;
};

/** virDomainState and its reasons (libvirt-domain.h), as words. */
const STATES: Readonly<Record<number, readonly [PowerState, readonly string[]]>> = {
  1: [
    "running",
    [
      "",
      "booted",
      "migrated",
      "restored",
      "from snapshot",
      "unpaused",
      "migration cancelled",
      "save cancelled",
      "woken up",
      "crashed",
      "post-copy",
      "post-copy failed",
    ],
  ],
  2: ["running", []],
  3: [
    "paused",
    [
      "",
      "by user",
      "migrating",
      "saving",
      "dumping",
      "I/O error",
      "watchdog",
      "from snapshot",
      "shutting down",
      "snapshotting",
      "crashed",
      "starting",
      "post-copy",
      "post-copy failed",
      "API error",
    ],
  ],
  4: ["stopping", []],
  5: ["stopped", ["", "shut down", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "daemon"]],
  6: ["crashed", ["", "panicked"]],
  7: ["suspended", []],
};

/** `state` and `reason` as virDomainGetState gives them. */
export function statusOf(state: number, reason: number, persistent: boolean): MachineStatus {
  const [power, reasons] = STATES[state] ?? (["unknown", []] as const);
  const saved = state === 5 && reason === 5;
  return { power: saved ? "saved" : power, reason: reasons[reason] ?? "", persistent };
}

export function isActive(status: MachineStatus): boolean {
  return (
    status.power === "running" ||
    status.power === "paused" ||
    status.power === "stopping" ||
    status.power === "suspended"
  );
}
