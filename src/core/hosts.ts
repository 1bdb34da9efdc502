/** Libvirt hosts that the user gave names to. Pure. */

/** The URI behind each name. */
export type NamedHosts = Readonly<Record<string, string>>;

export type NamedHost = {
  readonly name: string;
  /** A libvirt URI. */
  readonly uri: string;
  /** What is used where no other is asked for. */
  readonly isDefault: boolean;
};

export type HostBook = {
  /** As they stand in the config file. */
  readonly hosts: readonly NamedHost[];
  /** What is used where no other is asked for: one of the hosts, or not. */
  readonly defaultUri: string;
  /** Which place says so: `$HUTCH_CONNECT`, the config file, … */
  readonly defaultFrom: string;
};

/** In the terminal UI it stands for every host. */
export const ALL_HOSTS = "all";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** What is wrong with it, as a sentence; null when nothing is. */
export function checkHostName(name: string): string | null {
  if (name === ALL_HOSTS) return `"${ALL_HOSTS}" stands for every host.`;
  return NAME.test(name) ? null : "Letters, digits, hyphens and underscores, a letter or digit first, at most 63.";
}
