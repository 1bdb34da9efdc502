import { readFileSync } from "node:fs";

export type GuestScript =
  | "ask-cloud-init.sh"
  | "pass-signal.sh"
  | "wait-cloud-init.sh"
  | "install-packages.sh"
  | "bake-clean.sh"
  | "copy-send.sh"
  | "copy-receive.sh"
  | "mount-sshfs.sh"
  | "mount-device.sh"
  | "unmount.sh"
  | "engine-docker.sh"
  | "engine-docker-verify.sh"
  | "engine-docker-status.sh"
  | "containers-docker.sh"
  | "container-logs.sh"
  | "grow-root.sh"
  | "online-cpus.sh"
  | "new-identity.sh";

/** The text of a shell file that is run in a guest, by `sh -s`. */
export function guestScript(name: GuestScript): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
}
