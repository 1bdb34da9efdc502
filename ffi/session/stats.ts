import {
  VirConnectGetAllDomainStatsFlags as Flags,
  VirTypedParameterType as Type,
  VirErrorNumber,
} from "../generated/enums.gen.ts";
import { virDomainStatsRecord, virTypedParameter } from "../generated/structs.gen.ts";
import { copyOut, i64, reader, stringAt, textAt, u64 } from "../native/memory.ts";
import type { Address, Handle, OutAddress } from "../native/types.ts";
import type { StatsRecord } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { hasCode } from "./connection.ts";
import type { HandlersOf } from "./handlers.ts";
import { uuidText } from "./objects.ts";

export const statsHandlers: HandlersOf<"stats"> = {
  "stats.sample": (c, { groups, active }) => {
    const filter = active ? Flags.ACTIVE : 0;
    let domains: readonly StatsRecord[];
    try {
      domains = readStats(c, groups, filter | Flags.NOWAIT);
    } catch (error) {
      // Some drivers know no NOWAIT; they do not wait either.
      if (!hasCode(error, VirErrorNumber.INVALID_ARG)) throw error;
      domains = readStats(c, groups, filter);
    }
    return { at: performance.now(), domains };
  },
};

/** The statistics of all domains in one round trip. Fails with NO_SUPPORT where the driver has none. */
export function readStats(c: Connection, groups: number, flags: number): StatsRecord[] {
  const out: OutAddress = [null];
  const count = c.call("virConnectGetAllDomainStats", c.handle, groups, out, flags);
  const [records] = out;
  if (records === null) return [];
  try {
    const pointers = copyOut(records, count * 8);
    return Array.from({ length: count }, (_, index) => readRecord(c, pointers.readBigUInt64LE(index * 8)));
  } finally {
    c.call("virDomainStatsRecordListFree", records);
  }
}

function readRecord(c: Connection, address: Address): StatsRecord {
  const record = reader(virDomainStatsRecord, copyOut(address, virDomainStatsRecord.size));
  const domain = record("dom") as Handle<"virDomain">;
  return {
    uuid: uuidText((buffer) => c.call("virDomainGetUUIDString", domain, buffer)),
    name: c.call("virDomainGetName", domain),
    values: readTypedParameters(record("params"), record("nparams")),
  };
}

function readTypedParameters(address: Address, count: number): StatsRecord["values"] {
  const { size, fields } = virTypedParameter;
  const bytes = copyOut(address, count * size);
  const values: Record<string, number | string | boolean> = {};
  for (let start = 0; start < bytes.length; start += size) {
    const name = textAt(bytes, start + fields.field.at, fields.field.size);
    values[name] = readValue(bytes, bytes.readInt32LE(start + fields.type.at), start + fields.value.at);
  }
  return values;
}

function readValue(bytes: Buffer, type: number, at: number): number | string | boolean {
  switch (type) {
    case Type.INT:
      return bytes.readInt32LE(at);
    case Type.UINT:
      return bytes.readUInt32LE(at);
    case Type.LLONG:
      return i64(bytes, at);
    case Type.ULLONG:
      return u64(bytes, at);
    case Type.DOUBLE:
      return bytes.readDoubleLE(at);
    case Type.BOOLEAN:
      return bytes.readUInt8(at) !== 0;
    default:
      return stringAt(bytes.readBigUInt64LE(at)) ?? "";
  }
}
