/** Network cards of a VM, as the faces see them. */

export type CardRow = {
  /** From 1; hutch reaches the VM by the first. */
  readonly index: number;
  /** Empty where the definition names none. */
  readonly mac: string;
  /** What it is plugged into, in libvirt's words: `network`, `bridge`, `user`, … */
  readonly kind: string;
  /** That network or bridge by name; null where it has none. */
  readonly source: string | null;
  /** `coming`, `going`: with the VM's next start. */
  readonly state: "plugged" | "coming" | "going";
};

export type CardResult = {
  readonly name: string;
  readonly mac: string;
  /** Whether a running guest got or lost it at once. */
  readonly live: boolean;
  readonly warnings: readonly string[];
};
