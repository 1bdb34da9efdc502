// Written by scripts/gen-libvirt.ts from libvirt 9.0.0. Do not edit; what the names mean is told at https://libvirt.org/html/.

import type { StructLayout } from "../native/types.ts";

export const virError = {
  size: 80,
  fields: {
    code: { at: 0, size: 4, kind: "i32" },
    domain: { at: 4, size: 4, kind: "i32" },
    message: { at: 8, size: 8, kind: "string" },
    level: { at: 16, size: 4, kind: "i32" },
    conn: { at: 24, size: 8, kind: "address" },
    dom: { at: 32, size: 8, kind: "address" },
    str1: { at: 40, size: 8, kind: "string" },
    str2: { at: 48, size: 8, kind: "string" },
    str3: { at: 56, size: 8, kind: "string" },
    int1: { at: 64, size: 4, kind: "i32" },
    int2: { at: 68, size: 4, kind: "i32" },
    net: { at: 72, size: 8, kind: "address" },
  },
} as const satisfies StructLayout;

export const virTypedParameter = {
  size: 96,
  fields: {
    field: { at: 0, size: 80, kind: "text" },
    type: { at: 80, size: 4, kind: "i32" },
    value: { at: 88, size: 8, kind: "union" },
  },
} as const satisfies StructLayout;

export const virNodeInfo = {
  size: 64,
  fields: {
    model: { at: 0, size: 32, kind: "text" },
    memory: { at: 32, size: 8, kind: "u64" },
    cpus: { at: 40, size: 4, kind: "u32" },
    mhz: { at: 44, size: 4, kind: "u32" },
    nodes: { at: 48, size: 4, kind: "u32" },
    sockets: { at: 52, size: 4, kind: "u32" },
    cores: { at: 56, size: 4, kind: "u32" },
    threads: { at: 60, size: 4, kind: "u32" },
  },
} as const satisfies StructLayout;

export const virDomainInfo = {
  size: 40,
  fields: {
    state: { at: 0, size: 1, kind: "u8" },
    maxMem: { at: 8, size: 8, kind: "u64" },
    memory: { at: 16, size: 8, kind: "u64" },
    nrVirtCpu: { at: 24, size: 2, kind: "u16" },
    cpuTime: { at: 32, size: 8, kind: "u64" },
  },
} as const satisfies StructLayout;

export const virDomainStatsRecord = {
  size: 24,
  fields: {
    dom: { at: 0, size: 8, kind: "address" },
    params: { at: 8, size: 8, kind: "address" },
    nparams: { at: 16, size: 4, kind: "i32" },
  },
} as const satisfies StructLayout;

export const virDomainInterface = {
  size: 32,
  fields: {
    name: { at: 0, size: 8, kind: "string" },
    hwaddr: { at: 8, size: 8, kind: "string" },
    naddrs: { at: 16, size: 4, kind: "u32" },
    addrs: { at: 24, size: 8, kind: "address" },
  },
} as const satisfies StructLayout;

export const virDomainIPAddress = {
  size: 24,
  fields: {
    type: { at: 0, size: 4, kind: "i32" },
    addr: { at: 8, size: 8, kind: "string" },
    prefix: { at: 16, size: 4, kind: "u32" },
  },
} as const satisfies StructLayout;

export const virNetworkDHCPLease = {
  size: 72,
  fields: {
    iface: { at: 0, size: 8, kind: "string" },
    expirytime: { at: 8, size: 8, kind: "i64" },
    type: { at: 16, size: 4, kind: "i32" },
    mac: { at: 24, size: 8, kind: "string" },
    iaid: { at: 32, size: 8, kind: "string" },
    ipaddr: { at: 40, size: 8, kind: "string" },
    prefix: { at: 48, size: 4, kind: "u32" },
    hostname: { at: 56, size: 8, kind: "string" },
    clientid: { at: 64, size: 8, kind: "string" },
  },
} as const satisfies StructLayout;

export const virStoragePoolInfo = {
  size: 32,
  fields: {
    state: { at: 0, size: 4, kind: "i32" },
    capacity: { at: 8, size: 8, kind: "u64" },
    allocation: { at: 16, size: 8, kind: "u64" },
    available: { at: 24, size: 8, kind: "u64" },
  },
} as const satisfies StructLayout;

export const virStorageVolInfo = {
  size: 24,
  fields: {
    type: { at: 0, size: 4, kind: "i32" },
    capacity: { at: 8, size: 8, kind: "u64" },
    allocation: { at: 16, size: 8, kind: "u64" },
  },
} as const satisfies StructLayout;
