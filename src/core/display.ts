/** How a VM's screen is reached. */
export type DisplayInfo = {
  readonly name: string;
  /** `vnc` or `spice`. */
  readonly kind: string;
  /** On the VM's host. */
  readonly address: string;
  readonly port: number;
  /** For a viewer: on that host, or at this end of the tunnel. */
  readonly url: string;
  /** The command that leads the port here, from a machine that is not the VM's host; null where none is needed. */
  readonly tunnel: string | null;
};
