/** Data disks of a VM, as the faces ask for them. */

export type AttachRequest = {
  /** A new, empty disk of this size, in bytes; or `volume`, one of the pool that no VM uses. */
  readonly bytes?: number;
  readonly volume?: string;
};

export type DetachRequest = {
  /** `vdc`. */
  readonly target: string;
  /** Remove the volume too; it stays in the pool otherwise. */
  readonly purge?: boolean;
};

export type DiskResult = {
  readonly name: string;
  readonly target: string;
  readonly volume: string;
  readonly bytes: number;
  /** Whether a running guest got or lost it at once. */
  readonly live: boolean;
};
