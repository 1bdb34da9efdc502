import { guestYaml } from "./guest-yaml.ts";
import { isMimeMessage, type MimePart, mimeMessage } from "./mime.ts";
import { networkConfig, type SeedInterface } from "./network-config.ts";

export type SeedInput = {
  /** Unique: a known one makes cloud-init skip everything that it does once. */
  readonly instanceId: string;
  readonly hostname: string;
  readonly user: {
    readonly name: string;
    /** Lines of authorized_keys. */
    readonly sshKeys: readonly string[];
    /** In crypt(5) form; without it the password is locked. */
    readonly passwordHash?: string;
  };
  /** The ed25519 host key of the VM: the private half as OpenSSH writes it, the public half as one line. */
  readonly hostKey: { readonly privateKey: string; readonly publicKey: string };
  readonly network: { readonly interfaces: readonly SeedInterface[] };
  readonly timezone?: string;
  /** The user's own user-data, of any type that cloud-init knows. */
  readonly userData?: string;
};

/** The files of a NoCloud seed. */
export type SeedDocuments = Readonly<Record<"user-data" | "meta-data" | "network-config", string>>;

/** Where both say something, the earlier part (the user's) is kept; mappings are joined. */
const FILL_IN = { "Merge-Type": "dict(no_replace)+list()+str()" };

/**
 * What cloud-init looks at in every boot. Only its own line is added to /etc/hosts: with `true` instead, the user's changes
 * would be gone after each boot.
 */
const STANDING = { manage_etc_hosts: "localhost" };

/**
 * The seed for a first boot. The user's own user-data goes in untouched and first; ours comes after it and only fills in
 * what it does not say, so that all lists (users, packages, runcmd, write_files) and settings of the user hold.
 */
export function buildSeed(input: SeedInput): SeedDocuments {
  const ours = cloudConfig({
    timezone: input.timezone,
    // `user` and not an entry of `users`: whatever form the user's `users` has, it adds this one, and everything that is
    // meant for cloud-init's default user (top-level ssh_authorized_keys, password, `users: [default]`) means this one.
    user: {
      name: input.user.name,
      gecos: input.user.name,
      shell: "/bin/bash",
      sudo: "ALL=(ALL) NOPASSWD:ALL",
      ssh_authorized_keys: [...input.user.sshKeys],
      lock_passwd: input.user.passwordHash === undefined,
      hashed_passwd: input.user.passwordHash,
    },
    disable_root: true,
    ssh_pwauth: false,
    // With keys given, cloud-init makes no others.
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: input.hostKey.privateKey, ed25519_public: input.hostKey.publicKey },
  });
  return documents(input, input.userData === undefined ? ours : joined(input.userData, ours));
}

/**
 * The seed for every later boot: the same instance, network and host name, and nothing that must stay secret. Were it ever
 * applied as a first one (`cloud-init clean`), it would make no user, and no host key in place of the one that is there.
 * What the user's user-data does at every boot (bootcmd, boothooks) ends with it.
 */
export function sealSeed(input: SeedInput): SeedDocuments {
  return documents(input, cloudConfig({ users: [], ssh_deletekeys: false, ssh_genkeytypes: ["ed25519"] }));
}

/** Settings that are undefined are left out. */
function cloudConfig(settings: Record<string, unknown>): string {
  return `#cloud-config\n${guestYaml({ ...STANDING, ...settings })}`;
}

function documents(input: SeedInput, userData: string): SeedDocuments {
  return {
    "user-data": userData,
    "meta-data": guestYaml({ "instance-id": input.instanceId, "local-hostname": input.hostname }),
    "network-config": networkConfig(input.network.interfaces),
  };
}

function joined(userData: string, ours: string): string {
  // text/plain lets the guest's own cloud-init tell the type from the first line.
  const theirs: MimePart = isMimeMessage(userData)
    ? { message: userData }
    : { filename: "user-data", type: "text/plain", text: userData };
  return mimeMessage([theirs, { filename: "hutch", type: "text/cloud-config", headers: FILL_IN, text: ours }]);
}
