/** Which libvirt answers: opens it and asks for nothing else. */
import { versionText } from "../host/checks/library.ts";
import { type ContextOptions, openContext } from "./context.ts";

/** null where libvirt is not installed or cannot be opened. */
export async function libvirtVersion(options: ContextOptions): Promise<string | null> {
  const ctx = await openContext({ ...options, readonly: true }).catch(() => null);
  if (ctx === null) return null;
  try {
    return versionText((await ctx.client.call("host.facts", {})).libVersion);
  } finally {
    await ctx.client.close();
  }
}
