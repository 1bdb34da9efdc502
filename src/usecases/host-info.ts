/** What the host has and what of it is free. */
import type { HostInfo } from "../core/surroundings.ts";
import { findPool } from "../host/pool.ts";
import { childAt, parseXml, textAt } from "../host/xml.ts";
import type { Context } from "./context.ts";

export async function hostInfo(ctx: Context): Promise<HostInfo> {
  const facts = await ctx.client.call("host.facts", {});
  const pool = await findPool(ctx.client).catch(() => null);
  const host = childAt(parseXml(facts.capabilitiesXml, "the host's capabilities"), "host", "cpu");
  return {
    uri: ctx.home.uri,
    hostname: facts.hostname,
    driver: facts.driver,
    arch: textAt(host, "arch") ?? "",
    cpus: facts.cpus,
    memoryBytes: facts.memoryBytes,
    freeMemoryBytes: facts.freeMemoryBytes,
    freePoolBytes: pool?.availableBytes ?? null,
  };
}
