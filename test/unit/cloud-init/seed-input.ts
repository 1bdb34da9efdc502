import type { SeedInput } from "../../../cloud-init/index.ts";

/** A seed's input with nothing special in it. */
export const PLAIN: SeedInput = {
  instanceId: "iid-0001",
  hostname: "web-1",
  user: { name: "alice", sshKeys: ["ssh-ed25519 AAAAC3Nza alice@laptop"] },
  hostKey: {
    privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n",
    publicKey: "ssh-ed25519 AAAAC3Nzhost",
  },
  network: { interfaces: [{ mac: "52:54:00:12:34:56", dhcp: true }] },
};
