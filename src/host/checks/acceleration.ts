import type { Check } from "../../core/requests.ts";
import { chooseAccel, hostCapabilities } from "../capabilities.ts";
import { type CheckContext, check } from "./context.ts";

/** What `--accel auto` comes to here. */
export async function checkAcceleration({ client, home }: CheckContext): Promise<readonly Check[]> {
  if (client === null || home.driver !== "qemu") return [];
  const caps = await hostCapabilities(client);
  if (!caps.guests.some(({ arch }) => arch === caps.arch)) return [];
  const { kind, why } = chooseAccel({ arch: caps.arch, accel: "auto" }, caps);
  if (kind === "kvm") return [check("acceleration", "Acceleration", "ok", "KVM")];
  return [
    check("acceleration", "Acceleration", "warn", why, [
      "Switch on VT-x or SVM in the firmware; on a cloud host, nested virtualization.",
    ]),
  ];
}
