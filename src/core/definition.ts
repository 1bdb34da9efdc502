/** A VM's definition as text: what libvirt starts it with. */

export type Definition = {
  readonly name: string;
  /** As libvirt keeps it for the next start, without hutch's record. */
  readonly xml: string;
};

export type RedefineRequest = {
  /** The text that was edited: somebody else's change since is a conflict. */
  readonly before: string;
  readonly after: string;
};
