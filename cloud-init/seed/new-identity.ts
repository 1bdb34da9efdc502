import { guestScript } from "../guest/scripts.ts";
import { guestYaml } from "./guest-yaml.ts";

/**
 * User-data for the first boot of a copy: early in it, and once, what cloud-init does not make anew by itself is. Its own
 * part (host name, host keys, user) is done anew because the copy's instance-id is another one.
 */
export function newIdentityUserData(): string {
  const once = ["cloud-init-per", "instance", "hutch-new-identity", "sh", "-c", guestScript("new-identity.sh")];
  return `#cloud-config\n${guestYaml({ bootcmd: [once] })}`;
}
