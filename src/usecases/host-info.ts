/** What the host has and what of it is free. */
import type { HostFacts } from "#ffi";
import type { HostInfo } from "../core/surroundings.ts";
import type { HostSummary } from "../core/watching.ts";
import { versionText } from "../host/checks/library.ts";
import { findPool } from "../host/pool.ts";
import { childAt, parseXml, textAt } from "../host/xml.ts";
import type { Context } from "./context.ts";

export async function hostInfo(ctx: Context): Promise<HostInfo> {
  const facts = await ctx.client.call("host.facts", {});
  const summary = await summaryOf(ctx, facts);
  const host = childAt(parseXml(facts.capabilitiesXml, "the host's capabilities"), "host", "cpu");
  return { ...summary, arch: textAt(host, "arch") ?? "", freePoolBytes: summary.pool?.availableBytes ?? null };
}

/** The same in short, for those who ask every few seconds. */
export async function hostSummary(ctx: Context): Promise<HostSummary> {
  return summaryOf(ctx, await ctx.client.call("host.facts", {}));
}

async function summaryOf({ client, home }: Context, facts: HostFacts): Promise<HostSummary> {
  const { hostname, driver, libVersion, cpus, memoryBytes, freeMemoryBytes } = facts;
  const pool = await findPool(client).catch(() => null);
  return {
    uri: home.uri,
    hostname,
    driver,
    libvirt: versionText(libVersion),
    cpus,
    memoryBytes,
    freeMemoryBytes,
    pool,
  };
}
