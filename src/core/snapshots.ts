/** Snapshots of a VM, as the faces see them. */

/**
 * `memory`: taken while it ran, with its memory; `disk`: taken while it ran, disks only; `stopped`: taken while it was off.
 * What others took in a way that hutch has no word for is `other`.
 */
export type SnapshotKind = "memory" | "disk" | "stopped" | "other";

export type SnapshotInfo = {
  readonly name: string;
  readonly kind: SnapshotKind;
  /** What its maker said of it. */
  readonly description: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The snapshot that the VM stood on when this one was taken. */
  readonly parent: string | null;
  /** Whether the VM stands on it now. */
  readonly current: boolean;
  /** Taken by hutch itself before something that could not be taken back otherwise; the oldest of these go by themselves. */
  readonly safety: boolean;
};

export type SnapshotRequest = {
  /** `snap-1` and so on when omitted. */
  readonly snapshot?: string;
  readonly description?: string;
  /** Of a running VM its disks only: quicker and smaller, and restored to a stopped VM. */
  readonly diskOnly?: boolean;
};

export type SnapshotResult = {
  readonly snapshot: SnapshotInfo;
  /** Whether the guest's file systems were held still by its agent; null where there was nothing to hold still. */
  readonly quiesced: boolean | null;
  readonly warnings: readonly string[];
};

export type RestoreRequest = {
  readonly snapshot: string;
  /** false: take no snapshot of today's state first. */
  readonly safety?: boolean;
};

export type RestoreResult = {
  readonly name: string;
  readonly snapshot: string;
  /** The snapshot of the state that was left; null when none was taken. */
  readonly safety: string | null;
  readonly power: string;
  readonly warnings: readonly string[];
};

const LONGEST = 63;

/** What keeps `name` from being a snapshot's name, as a sentence; null when nothing does. */
export function checkSnapshotName(name: string): string | null {
  if (name === "") return "it is empty.";
  // qemu-img takes a number for the place in its own list.
  if (!/^[A-Za-z]/.test(name)) return "it does not begin with a letter.";
  const odd = /[^A-Za-z0-9._-]/u.exec(name)?.[0];
  if (odd !== undefined)
    return `it has ${odd === " " ? "a space" : JSON.stringify(odd)} in it; only letters, digits, dots, hyphens and underscores are allowed.`;
  if (name.length > LONGEST) return `it has ${name.length} characters; ${LONGEST} is the most.`;
  return null;
}

/** What hutch takes a safety snapshot before. */
export type SafetyReason = "restore" | "resize";

const SAFETY = /^before-(?:restore|resize)-\d{8}T\d{6}\d*$/;

/** `at` is ISO 8601. */
export function safetyName(reason: SafetyReason, at: string): string {
  return `before-${reason}-${at.replace(/[-:.Z]/g, "")}`;
}

export function isSafetyName(name: string): boolean {
  return SAFETY.test(name);
}
