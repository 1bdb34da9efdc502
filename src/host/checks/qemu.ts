import type { Check } from "../../core/requests.ts";
import { hostCapabilities } from "../capabilities.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "qemu";
const TITLE = "QEMU";

/** Whether libvirt has an emulator for machines of the host's own kind. */
export async function checkQemu({ client, home }: CheckContext): Promise<readonly Check[]> {
  if (client === null || home.driver !== "qemu") return [];
  const caps = await hostCapabilities(client);
  const own = caps.guests.find(({ arch }) => arch === caps.arch);
  if (own === undefined) {
    const packages =
      caps.arch === "x86_64"
        ? "apt install qemu-system-x86 · dnf install qemu-kvm"
        : "apt install qemu-system-arm qemu-efi-aarch64 · dnf install qemu-kvm";
    return [check(ID, TITLE, "fail", `no emulator for ${caps.arch}`, [packages])];
  }
  const others = [...new Set(caps.guests.map(({ arch }) => arch))].filter((arch) => arch !== caps.arch);
  return [
    check(
      ID,
      TITLE,
      "ok",
      `${own.emulator ?? caps.arch}${others.length === 0 ? "" : `, and for ${others.join(", ")}`}`,
    ),
  ];
}
