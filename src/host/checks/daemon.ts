import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { isLibvirtFault } from "#ffi";
import { isHutchError } from "../../core/errors.ts";
import type { Check } from "../../core/requests.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "daemon";
const TITLE = "libvirt's daemon";

/** Whether it answers; and in a session, whether VMs live on after the user has logged out. */
export async function checkDaemon({ client, fault, home }: CheckContext): Promise<readonly Check[]> {
  if (client === null) {
    if (!isHutchError(fault)) return [check(ID, TITLE, "fail", `${home.uri} cannot be opened: ${String(fault)}`)];
    // The check of the library has told it, and how to get it.
    if (isLibvirtFault(fault.cause) && fault.cause.kind === "no-library") return [];
    return [check(ID, TITLE, "fail", `${fault.message} ${fault.why ?? ""}`.trim(), fault.next)];
  }
  await client.call("host.alive", {});
  return [
    check(ID, TITLE, "ok", `${home.uri} answers`),
    ...(home.mode === "session" && !home.remote ? [linger()] : []),
  ];
}

function linger(): Check {
  const { username } = userInfo();
  const title = "After logout";
  if (!existsSync("/run/systemd/system"))
    return check("linger", title, "note", "no systemd here: VMs end when the host does");
  if (existsSync(`/var/lib/systemd/linger/${username}`)) return check("linger", title, "ok", "VMs run on");
  return check("linger", title, "note", "VMs end when you log out", [`loginctl enable-linger ${username}`]);
}
