/** What a list shows of a domain, read with as few round trips as libvirt allows. */
import { toWireFault } from "../fault.ts";
import {
  VirDomainMetadataType,
  VirDomainShutoffReason,
  VirDomainState,
  VirDomainStatsTypes,
  VirDomainXMLFlags,
  VirErrorNumber,
  VirConnectListAllDomainsFlags as Which,
} from "../generated/enums.gen.ts";
import { virDomainInfo } from "../generated/structs.gen.ts";
import { reader } from "../native/memory.ts";
import type { Handle, OutNumber } from "../native/types.ts";
import type { DomainDetail, DomainRow } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { hasCode, orIf, orIfUnsupported } from "./connection.ts";
import type { Handlers } from "./handlers.ts";
import { uuidText, withDomain } from "./objects.ts";
import { withAll } from "./scope.ts";
import { readStats } from "./stats.ts";

type Domain = Handle<"virDomain">;
type State = { readonly state: number; readonly reason: number };

const NOT_RUNNING = 0xffff_ffff;

export const domainRowHandlers: Handlers<"domain.list" | "domain.lookup" | "domain.detail"> = {
  "domain.list": (c, { namespace }) =>
    withDomains(c, 0, (domains) => {
      const states = domains.length === 0 ? new Map<string, State>() : bulkStates(c);
      const transient = domains.length === 0 ? new Set<string>() : transientDomains(c);
      return domains.flatMap((domain) => {
        const uuid = uuidOf(c, domain);
        const persistent = transient === null ? null : !transient.has(uuid);
        const row = readRow(c, domain, { uuid, namespace, state: states.get(uuid), persistent });
        return row === null ? [] : [row];
      });
    }),

  "domain.lookup": (c, { ref, namespace }) =>
    orIf(
      [VirErrorNumber.NO_DOMAIN],
      () =>
        withDomain(c, ref, (domain) =>
          readRow(c, domain, { uuid: uuidOf(c, domain), namespace, state: undefined, persistent: null }),
        ),
      null,
    ),

  "domain.detail": (c, { ref, namespace }) =>
    withDomain(c, ref, (domain) => {
      const uuid = uuidOf(c, domain);
      const state = truthful(c, domain, readState(c, domain));
      const persistent = c.call("virDomainIsPersistent", domain) === 1;
      return {
        ...identity(c, domain, uuid),
        ...state,
        persistent,
        metadata: readMetadata(c, domain, namespace),
        fault: null,
        ...readDetail(c, domain, persistent),
      };
    }),
};

function withDomains<T>(c: Connection, flags: number, work: (domains: readonly Domain[]) => T): T {
  return withAll(c, "virDomainFree", (out) => c.call("virConnectListAllDomains", c.handle, out, flags), work);
}

/** States by UUID in one round trip; empty where the driver has no such call, so that each domain is asked. */
function bulkStates(c: Connection): Map<string, State> {
  const records = orIfUnsupported(() => readStats(c, VirDomainStatsTypes.STATE, 0), []);
  const states = new Map<string, State>();
  for (const { uuid, values } of records) {
    const { "state.state": state, "state.reason": reason } = values;
    if (typeof state === "number" && typeof reason === "number") states.set(uuid, { state, reason });
  }
  return states;
}

/** The few domains that vanish when they stop, in one round trip; null where the driver has no such filter. */
function transientDomains(c: Connection): Set<string> | null {
  return orIf(
    [VirErrorNumber.NO_SUPPORT, VirErrorNumber.INVALID_ARG],
    () => withDomains(c, Which.TRANSIENT, (domains) => new Set(domains.map((domain) => uuidOf(c, domain)))),
    null,
  );
}

type Known = {
  readonly uuid: string;
  readonly namespace: string | undefined;
  readonly state: State | undefined;
  readonly persistent: boolean | null;
};

/** Null when the domain vanished meanwhile; any other trouble is told in the row. */
function readRow(c: Connection, domain: Domain, known: Known): DomainRow | null {
  const row = { ...identity(c, domain, known.uuid), state: 0, reason: 0, persistent: known.persistent ?? true };
  try {
    return {
      ...row,
      ...truthful(c, domain, known.state ?? readState(c, domain)),
      persistent: known.persistent ?? c.call("virDomainIsPersistent", domain) === 1,
      metadata: readMetadata(c, domain, known.namespace),
      fault: null,
    };
  } catch (error) {
    if (hasCode(error, VirErrorNumber.NO_DOMAIN)) return null;
    return { ...row, ...known.state, metadata: null, fault: toWireFault(error, "domain.list") };
  }
}

function uuidOf(c: Connection, domain: Domain): string {
  return uuidText((buffer) => c.call("virDomainGetUUIDString", domain, buffer));
}

function identity(c: Connection, domain: Domain, uuid: string): Pick<DomainRow, "uuid" | "name" | "id"> {
  const id = c.call("virDomainGetID", domain);
  return { uuid, name: c.call("virDomainGetName", domain), id: id === NOT_RUNNING ? -1 : id };
}

function readState(c: Connection, domain: Domain): State {
  const state: OutNumber = [0];
  const reason: OutNumber = [0];
  c.call("virDomainGetState", domain, state, reason, 0);
  return { state: Number(state[0]), reason: Number(reason[0]) };
}

/** libvirt says "saved" of a domain until its next start, also when what was saved has been thrown away meanwhile. */
function truthful(c: Connection, domain: Domain, state: State): State {
  if (state.state !== VirDomainState.SHUTOFF || state.reason !== VirDomainShutoffReason.SAVED) return state;
  const saved = orIfUnsupported(() => c.call("virDomainHasManagedSaveImage", domain, 0) === 1, true);
  return saved ? state : { ...state, reason: VirDomainShutoffReason.UNKNOWN };
}

function readMetadata(c: Connection, domain: Domain, namespace: string | undefined): string | null {
  if (namespace === undefined) return null;
  return orIf(
    [VirErrorNumber.NO_DOMAIN_METADATA, VirErrorNumber.NO_SUPPORT],
    () => c.call("virDomainGetMetadata", domain, VirDomainMetadataType.ELEMENT, namespace, 0),
    null,
  );
}

function readDetail(c: Connection, domain: Domain, persistent: boolean): Omit<DomainDetail, keyof DomainRow> {
  const bytes = Buffer.alloc(virDomainInfo.size);
  c.call("virDomainGetInfo", domain, bytes);
  const info = reader(virDomainInfo, bytes);
  const xml = c.call("virDomainGetXMLDesc", domain, 0);
  const running = c.call("virDomainIsActive", domain) === 1;
  const autostart: OutNumber = [0];
  return {
    xml,
    inactiveXml: running && persistent ? c.call("virDomainGetXMLDesc", domain, VirDomainXMLFlags.INACTIVE) : xml,
    autostart: orIfUnsupported(
      () => c.call("virDomainGetAutostart", domain, autostart) === 0 && autostart[0] === 1,
      false,
    ),
    hasManagedSave: orIfUnsupported(() => c.call("virDomainHasManagedSaveImage", domain, 0) === 1, false),
    maxMemoryKiB: info("maxMem"),
    memoryKiB: info("memory"),
    vcpus: info("nrVirtCpu"),
    cpuTimeNs: info("cpuTime"),
  };
}
