/**
 * The right to write a VM's record, among all users and machines that share its libvirt: a file lock reaches only one
 * user's processes. libvirt has no compare-and-set, but each element of a domain's metadata is written whole: so a writer
 * says that it is there by an element of its own, and goes on only when it then sees no other.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type LibvirtClient, VirDomainModificationImpact } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { RECORD_NAMESPACE } from "../core/machine/record.ts";

const PREFIX = "hutchclaim";
const CLAIM = `${RECORD_NAMESPACE}/claim/`;
/** In a text `<` is escaped, so nothing that somebody wrote into a description looks like one. */
const CLAIMS = new RegExp(`<${PREFIX}:claim xmlns:${PREFIX}=["']${CLAIM}([\\w-]+)["']`, "g");

/** A writer holds its claim for milliseconds; one that is there for this long belongs to a process that died. */
const DEAD_AFTER_MS = 10_000;
const LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** Does `work` while no other writer is at this VM's record. E_TIMEOUT when it is never free, E_NOT_FOUND when the VM is gone. */
export async function claimed<T>(client: LibvirtClient, uuid: string, work: () => Promise<T>): Promise<T> {
  const own = crypto.randomUUID();
  const seen = new Map<string, number>();
  const limit = performance.now() + LIMIT_MS;
  while (performance.now() < limit) {
    if (!(await isFree(client, uuid, seen))) {
      await sleep(LOOK_EVERY_MS);
      continue;
    }
    try {
      await setClaim(client, uuid, own, "<claim/>");
      if ((await claimsOf(client, uuid)).every((claim) => claim === own)) return await work();
    } finally {
      await withdraw(client, uuid, own);
    }
    // Two that came at the same time both step back, for times of their own.
    await sleep(LOOK_EVERY_MS * (1 + 3 * Math.random()));
  }
  throw new HutchError({
    code: "E_TIMEOUT",
    message: `The record of the VM ${uuid} is being written by others all the time.`,
    next: ["Try again once no other hutch works on it."],
  });
}

/** Whether no other writer is there; what dead ones left is cleared away. */
async function isFree(client: LibvirtClient, uuid: string, seen: Map<string, number>): Promise<boolean> {
  const claims = await claimsOf(client, uuid);
  const now = performance.now();
  for (const claim of claims) {
    const since = seen.get(claim) ?? now;
    seen.set(claim, since);
    if (now - since > DEAD_AFTER_MS) await withdraw(client, uuid, claim);
  }
  return claims.length === 0;
}

async function claimsOf(client: LibvirtClient, uuid: string): Promise<readonly string[]> {
  const { inactiveXml } = await client.call("domain.detail", { ref: { uuid } });
  return [...inactiveXml.matchAll(CLAIMS)].flatMap(([, claim]) => (claim === undefined ? [] : [claim]));
}

/** Into the stored definition alone: that is there whether the VM runs or not. */
async function setClaim(client: LibvirtClient, uuid: string, claim: string, xml: string | null): Promise<void> {
  await client.call("domain.setMetadata", {
    uuid,
    namespace: `${CLAIM}${claim}`,
    prefix: PREFIX,
    xml,
    flags: VirDomainModificationImpact.CONFIG,
  });
}

/** Tried twice; if it stays nevertheless, others take it for a dead one's. */
async function withdraw(client: LibvirtClient, uuid: string, claim: string): Promise<void> {
  await setClaim(client, uuid, claim, null)
    .catch(() => setClaim(client, uuid, claim, null))
    .catch(() => undefined);
}
