// Written by scripts/gen-libvirt.ts from libvirt 9.0.0. Do not edit; what the names mean is told at https://libvirt.org/html/.

import type { Address, FunctionSpec, Handle, OutAddress, OutNumber } from "../native/types.ts";

export type Signatures = {
  virGetLastError: () => Address | null;
  virResetLastError: () => void;
  virSetErrorFunc: (userData: Address | null, handler: Address | null) => void;
  virEventRegisterDefaultImpl: () => number;
  virEventRunDefaultImpl: () => number;
  virEventAddTimeout: (timeout: number, cb: Address | null, opaque: Address | null, ff: Address | null) => number;
  virEventRemoveTimeout: (timer: number) => number;
  virConnectOpen: (name: string | null) => Handle<"virConnect">;
  virConnectOpenReadOnly: (name: string | null) => Handle<"virConnect">;
  virConnectClose: (conn: Handle<"virConnect">) => number;
  virConnectIsAlive: (conn: Handle<"virConnect">) => number;
  virConnectSetKeepAlive: (conn: Handle<"virConnect">, interval: number, count: number) => number;
  virConnectRegisterCloseCallback: (conn: Handle<"virConnect">, cb: Address | null, opaque: Address | null, freecb: Address | null) => number;
  virConnectUnregisterCloseCallback: (conn: Handle<"virConnect">, cb: Address | null) => number;
  virConnectGetType: (conn: Handle<"virConnect">) => string;
  virConnectGetURI: (conn: Handle<"virConnect">) => string;
  virConnectGetHostname: (conn: Handle<"virConnect">) => string;
  virConnectGetLibVersion: (conn: Handle<"virConnect">, libVer: OutNumber) => number;
  virConnectGetVersion: (conn: Handle<"virConnect">, hvVer: OutNumber) => number;
  virConnectGetCapabilities: (conn: Handle<"virConnect">) => string;
  virConnectGetDomainCapabilities: (conn: Handle<"virConnect">, emulatorbin: string | null, arch: string | null, machine: string | null, virttype: string | null, flags: number) => string;
  virNodeGetInfo: (conn: Handle<"virConnect">, info: Uint8Array) => number;
  virNodeGetFreeMemory: (conn: Handle<"virConnect">) => number;
  virConnectListAllDomains: (conn: Handle<"virConnect">, domains: OutAddress, flags: number) => number;
  virConnectGetAllDomainStats: (conn: Handle<"virConnect">, stats: number, retStats: OutAddress, flags: number) => number;
  virDomainStatsRecordListFree: (stats: Address) => void;
  virDomainLookupByUUIDString: (conn: Handle<"virConnect">, uuidstr: string | null) => Handle<"virDomain">;
  virDomainLookupByName: (conn: Handle<"virConnect">, name: string | null) => Handle<"virDomain">;
  virDomainFree: (domain: Handle<"virDomain">) => number;
  virDomainGetName: (domain: Handle<"virDomain">) => string;
  virDomainGetUUIDString: (domain: Handle<"virDomain">, buf: Uint8Array) => number;
  virDomainGetID: (domain: Handle<"virDomain">) => number;
  virDomainGetState: (domain: Handle<"virDomain">, state: OutNumber, reason: OutNumber, flags: number) => number;
  virDomainGetInfo: (domain: Handle<"virDomain">, info: Uint8Array) => number;
  virDomainGetXMLDesc: (domain: Handle<"virDomain">, flags: number) => string;
  virDomainIsActive: (dom: Handle<"virDomain">) => number;
  virDomainIsPersistent: (dom: Handle<"virDomain">) => number;
  virDomainGetAutostart: (domain: Handle<"virDomain">, autostart: OutNumber) => number;
  virDomainSetAutostart: (domain: Handle<"virDomain">, autostart: number) => number;
  virDomainHasManagedSaveImage: (dom: Handle<"virDomain">, flags: number) => number;
  virDomainGetMetadata: (domain: Handle<"virDomain">, type: number, uri: string | null, flags: number) => string;
  virDomainSetMetadata: (domain: Handle<"virDomain">, type: number, metadata: string | null, key: string | null, uri: string | null, flags: number) => number;
  virDomainGetMessages: (domain: Handle<"virDomain">, msgs: OutAddress, flags: number) => number;
  virDomainRename: (dom: Handle<"virDomain">, new_name: string | null, flags: number) => number;
  virDomainDefineXMLFlags: (conn: Handle<"virConnect">, xml: string | null, flags: number) => Handle<"virDomain">;
  virDomainUndefineFlags: (domain: Handle<"virDomain">, flags: number) => number;
  virDomainUndefine: (domain: Handle<"virDomain">) => number;
  virDomainCreateWithFlags: (domain: Handle<"virDomain">, flags: number) => number;
  virDomainShutdownFlags: (domain: Handle<"virDomain">, flags: number) => number;
  virDomainReboot: (domain: Handle<"virDomain">, flags: number) => number;
  virDomainReset: (domain: Handle<"virDomain">, flags: number) => number;
  virDomainDestroyFlags: (domain: Handle<"virDomain">, flags: number) => number;
  virDomainSuspend: (domain: Handle<"virDomain">) => number;
  virDomainResume: (domain: Handle<"virDomain">) => number;
  virDomainManagedSave: (dom: Handle<"virDomain">, flags: number) => number;
  virDomainManagedSaveRemove: (dom: Handle<"virDomain">, flags: number) => number;
  virDomainInterfaceAddresses: (dom: Handle<"virDomain">, ifaces: OutAddress, source: number, flags: number) => number;
  virDomainInterfaceFree: (iface: Address) => void;
  virDomainAttachDeviceFlags: (domain: Handle<"virDomain">, xml: string | null, flags: number) => number;
  virDomainDetachDeviceFlags: (domain: Handle<"virDomain">, xml: string | null, flags: number) => number;
  virDomainUpdateDeviceFlags: (domain: Handle<"virDomain">, xml: string | null, flags: number) => number;
  virDomainSetVcpusFlags: (domain: Handle<"virDomain">, nvcpus: number, flags: number) => number;
  virDomainSetMemoryFlags: (domain: Handle<"virDomain">, memory: number, flags: number) => number;
  virDomainBlockResize: (dom: Handle<"virDomain">, disk: string | null, size: number, flags: number) => number;
  virDomainOpenConsole: (dom: Handle<"virDomain">, dev_name: string | null, st: Handle<"virStream">, flags: number) => number;
  virDomainQemuAgentCommand: (domain: Handle<"virDomain">, cmd: string | null, timeout: number, flags: number) => string;
  virDomainQemuMonitorCommand: (domain: Handle<"virDomain">, cmd: string | null, result: OutAddress, flags: number) => number;
  virConnectDomainEventRegisterAny: (conn: Handle<"virConnect">, dom: Handle<"virDomain"> | null, eventID: number, cb: Address | null, opaque: Address | null, freecb: Address | null) => number;
  virConnectDomainEventDeregisterAny: (conn: Handle<"virConnect">, callbackID: number) => number;
  virConnectNetworkEventRegisterAny: (conn: Handle<"virConnect">, net: Handle<"virNetwork"> | null, eventID: number, cb: Address | null, opaque: Address | null, freecb: Address | null) => number;
  virConnectNetworkEventDeregisterAny: (conn: Handle<"virConnect">, callbackID: number) => number;
  virConnectStoragePoolEventRegisterAny: (conn: Handle<"virConnect">, pool: Handle<"virStoragePool"> | null, eventID: number, cb: Address | null, opaque: Address | null, freecb: Address | null) => number;
  virConnectStoragePoolEventDeregisterAny: (conn: Handle<"virConnect">, callbackID: number) => number;
  virConnectListAllNetworks: (conn: Handle<"virConnect">, nets: OutAddress, flags: number) => number;
  virNetworkLookupByName: (conn: Handle<"virConnect">, name: string | null) => Handle<"virNetwork">;
  virNetworkFree: (network: Handle<"virNetwork">) => number;
  virNetworkGetName: (network: Handle<"virNetwork">) => string;
  virNetworkGetUUIDString: (network: Handle<"virNetwork">, buf: Uint8Array) => number;
  virNetworkIsActive: (net: Handle<"virNetwork">) => number;
  virNetworkIsPersistent: (net: Handle<"virNetwork">) => number;
  virNetworkGetAutostart: (network: Handle<"virNetwork">, autostart: OutNumber) => number;
  virNetworkSetAutostart: (network: Handle<"virNetwork">, autostart: number) => number;
  virNetworkGetXMLDesc: (network: Handle<"virNetwork">, flags: number) => string;
  virNetworkDefineXML: (conn: Handle<"virConnect">, xml: string | null) => Handle<"virNetwork">;
  virNetworkUndefine: (network: Handle<"virNetwork">) => number;
  virNetworkCreate: (network: Handle<"virNetwork">) => number;
  virNetworkDestroy: (network: Handle<"virNetwork">) => number;
  virNetworkUpdate: (network: Handle<"virNetwork">, command: number, section: number, parentIndex: number, xml: string | null, flags: number) => number;
  virNetworkGetDHCPLeases: (network: Handle<"virNetwork">, mac: string | null, leases: OutAddress, flags: number) => number;
  virNetworkDHCPLeaseFree: (lease: Address) => void;
  virConnectListAllStoragePools: (conn: Handle<"virConnect">, pools: OutAddress, flags: number) => number;
  virStoragePoolLookupByName: (conn: Handle<"virConnect">, name: string | null) => Handle<"virStoragePool">;
  virStoragePoolFree: (pool: Handle<"virStoragePool">) => number;
  virStoragePoolGetName: (pool: Handle<"virStoragePool">) => string;
  virStoragePoolGetUUIDString: (pool: Handle<"virStoragePool">, buf: Uint8Array) => number;
  virStoragePoolIsActive: (pool: Handle<"virStoragePool">) => number;
  virStoragePoolIsPersistent: (pool: Handle<"virStoragePool">) => number;
  virStoragePoolGetAutostart: (pool: Handle<"virStoragePool">, autostart: OutNumber) => number;
  virStoragePoolSetAutostart: (pool: Handle<"virStoragePool">, autostart: number) => number;
  virStoragePoolGetInfo: (pool: Handle<"virStoragePool">, info: Uint8Array) => number;
  virStoragePoolGetXMLDesc: (pool: Handle<"virStoragePool">, flags: number) => string;
  virStoragePoolDefineXML: (conn: Handle<"virConnect">, xml: string | null, flags: number) => Handle<"virStoragePool">;
  virStoragePoolUndefine: (pool: Handle<"virStoragePool">) => number;
  virStoragePoolBuild: (pool: Handle<"virStoragePool">, flags: number) => number;
  virStoragePoolCreate: (pool: Handle<"virStoragePool">, flags: number) => number;
  virStoragePoolDestroy: (pool: Handle<"virStoragePool">) => number;
  virStoragePoolDelete: (pool: Handle<"virStoragePool">, flags: number) => number;
  virStoragePoolRefresh: (pool: Handle<"virStoragePool">, flags: number) => number;
  virStoragePoolListAllVolumes: (pool: Handle<"virStoragePool">, vols: OutAddress, flags: number) => number;
  virStorageVolLookupByName: (pool: Handle<"virStoragePool">, name: string | null) => Handle<"virStorageVol">;
  virStorageVolFree: (vol: Handle<"virStorageVol">) => number;
  virStorageVolGetName: (vol: Handle<"virStorageVol">) => string;
  virStorageVolGetPath: (vol: Handle<"virStorageVol">) => string;
  virStorageVolGetInfo: (vol: Handle<"virStorageVol">, info: Uint8Array) => number;
  virStorageVolGetXMLDesc: (vol: Handle<"virStorageVol">, flags: number) => string;
  virStorageVolCreateXML: (pool: Handle<"virStoragePool">, xmlDesc: string | null, flags: number) => Handle<"virStorageVol">;
  virStorageVolCreateXMLFrom: (pool: Handle<"virStoragePool">, xmlDesc: string | null, clonevol: Handle<"virStorageVol">, flags: number) => Handle<"virStorageVol">;
  virStorageVolResize: (vol: Handle<"virStorageVol">, capacity: number, flags: number) => number;
  virStorageVolDelete: (vol: Handle<"virStorageVol">, flags: number) => number;
  virStorageVolUpload: (vol: Handle<"virStorageVol">, stream: Handle<"virStream">, offset: number, length: number, flags: number) => number;
  virStorageVolDownload: (vol: Handle<"virStorageVol">, stream: Handle<"virStream">, offset: number, length: number, flags: number) => number;
  virStreamNew: (conn: Handle<"virConnect">, flags: number) => Handle<"virStream">;
  virStreamSend: (stream: Handle<"virStream">, data: Uint8Array, nbytes: number) => number;
  virStreamSendHole: (stream: Handle<"virStream">, length: number, flags: number) => number;
  virStreamRecv: (stream: Handle<"virStream">, data: Uint8Array, nbytes: number) => number;
  virStreamFinish: (stream: Handle<"virStream">) => number;
  virStreamAbort: (stream: Handle<"virStream">) => number;
  virStreamFree: (stream: Handle<"virStream">) => number;
  virDomainListAllSnapshots: (domain: Handle<"virDomain">, snaps: OutAddress, flags: number) => number;
  virDomainSnapshotLookupByName: (domain: Handle<"virDomain">, name: string | null, flags: number) => Handle<"virDomainSnapshot">;
  virDomainSnapshotFree: (snapshot: Handle<"virDomainSnapshot">) => number;
  virDomainSnapshotGetName: (snapshot: Handle<"virDomainSnapshot">) => string;
  virDomainSnapshotGetParent: (snapshot: Handle<"virDomainSnapshot">, flags: number) => Handle<"virDomainSnapshot">;
  virDomainSnapshotIsCurrent: (snapshot: Handle<"virDomainSnapshot">, flags: number) => number;
  virDomainSnapshotGetXMLDesc: (snapshot: Handle<"virDomainSnapshot">, flags: number) => string;
  virDomainSnapshotCreateXML: (domain: Handle<"virDomain">, xmlDesc: string | null, flags: number) => Handle<"virDomainSnapshot">;
  virDomainRevertToSnapshot: (snapshot: Handle<"virDomainSnapshot">, flags: number) => number;
  virDomainSnapshotDelete: (snapshot: Handle<"virDomainSnapshot">, flags: number) => number;
};

export type FunctionName = keyof Signatures;

export const FUNCTIONS: { readonly [F in FunctionName]: FunctionSpec } = {
  virGetLastError: {"c":"void * virGetLastError(void)","library":"libvirt","since":"0.1.0","fails":"never","result":"reference"},
  virResetLastError: {"c":"void virResetLastError(void)","library":"libvirt","since":"0.1.0","fails":"never","result":"nothing"},
  virSetErrorFunc: {"c":"void virSetErrorFunc(void *userData, void *handler)","library":"libvirt","since":"0.1.0","fails":"never","result":"nothing"},
  virEventRegisterDefaultImpl: {"c":"int virEventRegisterDefaultImpl(void)","library":"libvirt","since":"0.9.0","fails":"negative","result":"number"},
  virEventRunDefaultImpl: {"c":"int virEventRunDefaultImpl(void)","library":"libvirt","since":"0.9.0","fails":"negative","result":"number"},
  virEventAddTimeout: {"c":"int virEventAddTimeout(int timeout, void *cb, void *opaque, void *ff)","library":"libvirt","since":"0.9.3","fails":"negative","result":"number"},
  virEventRemoveTimeout: {"c":"int virEventRemoveTimeout(int timer)","library":"libvirt","since":"0.9.3","fails":"negative","result":"number"},
  virConnectOpen: {"c":"void * virConnectOpen(const char *name)","library":"libvirt","since":"0.0.3","fails":"null","result":"reference"},
  virConnectOpenReadOnly: {"c":"void * virConnectOpenReadOnly(const char *name)","library":"libvirt","since":"0.0.3","fails":"null","result":"reference"},
  virConnectClose: {"c":"int virConnectClose(void *conn)","library":"libvirt","since":"0.0.3","fails":"negative","result":"number"},
  virConnectIsAlive: {"c":"int virConnectIsAlive(void *conn)","library":"libvirt","since":"0.9.8","fails":"negative","result":"number"},
  virConnectSetKeepAlive: {"c":"int virConnectSetKeepAlive(void *conn, int interval, unsigned int count)","library":"libvirt","since":"0.9.8","fails":"negative","result":"number"},
  virConnectRegisterCloseCallback: {"c":"int virConnectRegisterCloseCallback(void *conn, void *cb, void *opaque, void *freecb)","library":"libvirt","since":"0.10.0","fails":"negative","result":"number"},
  virConnectUnregisterCloseCallback: {"c":"int virConnectUnregisterCloseCallback(void *conn, void *cb)","library":"libvirt","since":"0.10.0","fails":"negative","result":"number"},
  virConnectGetType: {"c":"const char * virConnectGetType(void *conn)","library":"libvirt","since":"0.0.3","fails":"null","result":"borrowed"},
  virConnectGetURI: {"c":"void * virConnectGetURI(void *conn)","library":"libvirt","since":"0.3.0","fails":"null","result":"owned"},
  virConnectGetHostname: {"c":"void * virConnectGetHostname(void *conn)","library":"libvirt","since":"0.3.0","fails":"null","result":"owned"},
  virConnectGetLibVersion: {"c":"int virConnectGetLibVersion(void *conn, _Out_ unsigned long *libVer)","library":"libvirt","since":"0.7.3","fails":"negative","result":"number"},
  virConnectGetVersion: {"c":"int virConnectGetVersion(void *conn, _Out_ unsigned long *hvVer)","library":"libvirt","since":"0.0.3","fails":"negative","result":"number"},
  virConnectGetCapabilities: {"c":"void * virConnectGetCapabilities(void *conn)","library":"libvirt","since":"0.2.1","fails":"null","result":"owned"},
  virConnectGetDomainCapabilities: {"c":"void * virConnectGetDomainCapabilities(void *conn, const char *emulatorbin, const char *arch, const char *machine, const char *virttype, unsigned int flags)","library":"libvirt","since":"1.2.7","fails":"null","result":"owned"},
  virNodeGetInfo: {"c":"int virNodeGetInfo(void *conn, void *info)","library":"libvirt","since":"0.1.0","fails":"negative","result":"number"},
  virNodeGetFreeMemory: {"c":"unsigned long long virNodeGetFreeMemory(void *conn)","library":"libvirt","since":"0.3.3","fails":"zero","result":"number"},
  virConnectListAllDomains: {"c":"int virConnectListAllDomains(void *conn, _Out_ void **domains, unsigned int flags)","library":"libvirt","since":"0.9.13","fails":"negative","result":"number"},
  virConnectGetAllDomainStats: {"c":"int virConnectGetAllDomainStats(void *conn, unsigned int stats, _Out_ void **retStats, unsigned int flags)","library":"libvirt","since":"1.2.8","fails":"negative","result":"number"},
  virDomainStatsRecordListFree: {"c":"void virDomainStatsRecordListFree(void *stats)","library":"libvirt","since":"1.2.8","fails":"never","result":"nothing"},
  virDomainLookupByUUIDString: {"c":"void * virDomainLookupByUUIDString(void *conn, const char *uuidstr)","library":"libvirt","since":"0.1.1","fails":"null","result":"reference"},
  virDomainLookupByName: {"c":"void * virDomainLookupByName(void *conn, const char *name)","library":"libvirt","since":"0.0.3","fails":"null","result":"reference"},
  virDomainFree: {"c":"int virDomainFree(void *domain)","library":"libvirt","since":"0.0.3","fails":"negative","result":"number"},
  virDomainGetName: {"c":"const char * virDomainGetName(void *domain)","library":"libvirt","since":"0.0.3","fails":"null","result":"borrowed"},
  virDomainGetUUIDString: {"c":"int virDomainGetUUIDString(void *domain, void *buf)","library":"libvirt","since":"0.1.1","fails":"negative","result":"number"},
  virDomainGetID: {"c":"unsigned int virDomainGetID(void *domain)","library":"libvirt","since":"0.0.3","fails":"never","result":"number"},
  virDomainGetState: {"c":"int virDomainGetState(void *domain, _Out_ int *state, _Out_ int *reason, unsigned int flags)","library":"libvirt","since":"0.9.2","fails":"negative","result":"number"},
  virDomainGetInfo: {"c":"int virDomainGetInfo(void *domain, void *info)","library":"libvirt","since":"0.0.3","fails":"negative","result":"number"},
  virDomainGetXMLDesc: {"c":"void * virDomainGetXMLDesc(void *domain, unsigned int flags)","library":"libvirt","since":"0.0.3","fails":"null","result":"owned"},
  virDomainIsActive: {"c":"int virDomainIsActive(void *dom)","library":"libvirt","since":"0.7.3","fails":"negative","result":"number"},
  virDomainIsPersistent: {"c":"int virDomainIsPersistent(void *dom)","library":"libvirt","since":"0.7.3","fails":"negative","result":"number"},
  virDomainGetAutostart: {"c":"int virDomainGetAutostart(void *domain, _Out_ int *autostart)","library":"libvirt","since":"0.2.1","fails":"negative","result":"number"},
  virDomainSetAutostart: {"c":"int virDomainSetAutostart(void *domain, int autostart)","library":"libvirt","since":"0.2.1","fails":"negative","result":"number"},
  virDomainHasManagedSaveImage: {"c":"int virDomainHasManagedSaveImage(void *dom, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
  virDomainGetMetadata: {"c":"void * virDomainGetMetadata(void *domain, int type, const char *uri, unsigned int flags)","library":"libvirt","since":"0.9.10","fails":"null","result":"owned"},
  virDomainSetMetadata: {"c":"int virDomainSetMetadata(void *domain, int type, const char *metadata, const char *key, const char *uri, unsigned int flags)","library":"libvirt","since":"0.9.10","fails":"negative","result":"number"},
  virDomainGetMessages: {"c":"int virDomainGetMessages(void *domain, _Out_ void **msgs, unsigned int flags)","library":"libvirt","since":"7.1.0","fails":"negative","result":"number"},
  virDomainRename: {"c":"int virDomainRename(void *dom, const char *new_name, unsigned int flags)","library":"libvirt","since":"1.2.19","fails":"negative","result":"number"},
  virDomainDefineXMLFlags: {"c":"void * virDomainDefineXMLFlags(void *conn, const char *xml, unsigned int flags)","library":"libvirt","since":"1.2.12","fails":"null","result":"reference"},
  virDomainUndefineFlags: {"c":"int virDomainUndefineFlags(void *domain, unsigned int flags)","library":"libvirt","since":"0.9.4","fails":"negative","result":"number"},
  virDomainUndefine: {"c":"int virDomainUndefine(void *domain)","library":"libvirt","since":"0.1.1","fails":"negative","result":"number"},
  virDomainCreateWithFlags: {"c":"int virDomainCreateWithFlags(void *domain, unsigned int flags)","library":"libvirt","since":"0.8.2","fails":"negative","result":"number"},
  virDomainShutdownFlags: {"c":"int virDomainShutdownFlags(void *domain, unsigned int flags)","library":"libvirt","since":"0.9.10","fails":"negative","result":"number"},
  virDomainReboot: {"c":"int virDomainReboot(void *domain, unsigned int flags)","library":"libvirt","since":"0.1.0","fails":"negative","result":"number"},
  virDomainReset: {"c":"int virDomainReset(void *domain, unsigned int flags)","library":"libvirt","since":"0.9.7","fails":"negative","result":"number"},
  virDomainDestroyFlags: {"c":"int virDomainDestroyFlags(void *domain, unsigned int flags)","library":"libvirt","since":"0.9.4","fails":"negative","result":"number"},
  virDomainSuspend: {"c":"int virDomainSuspend(void *domain)","library":"libvirt","since":"0.0.3","fails":"negative","result":"number"},
  virDomainResume: {"c":"int virDomainResume(void *domain)","library":"libvirt","since":"0.0.3","fails":"negative","result":"number"},
  virDomainManagedSave: {"c":"int virDomainManagedSave(void *dom, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
  virDomainManagedSaveRemove: {"c":"int virDomainManagedSaveRemove(void *dom, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
  virDomainInterfaceAddresses: {"c":"int virDomainInterfaceAddresses(void *dom, _Out_ void **ifaces, unsigned int source, unsigned int flags)","library":"libvirt","since":"1.2.14","fails":"negative","result":"number"},
  virDomainInterfaceFree: {"c":"void virDomainInterfaceFree(void *iface)","library":"libvirt","since":"1.2.14","fails":"never","result":"nothing"},
  virDomainAttachDeviceFlags: {"c":"int virDomainAttachDeviceFlags(void *domain, const char *xml, unsigned int flags)","library":"libvirt","since":"0.7.7","fails":"negative","result":"number"},
  virDomainDetachDeviceFlags: {"c":"int virDomainDetachDeviceFlags(void *domain, const char *xml, unsigned int flags)","library":"libvirt","since":"0.7.7","fails":"negative","result":"number"},
  virDomainUpdateDeviceFlags: {"c":"int virDomainUpdateDeviceFlags(void *domain, const char *xml, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
  virDomainSetVcpusFlags: {"c":"int virDomainSetVcpusFlags(void *domain, unsigned int nvcpus, unsigned int flags)","library":"libvirt","since":"0.8.5","fails":"negative","result":"number"},
  virDomainSetMemoryFlags: {"c":"int virDomainSetMemoryFlags(void *domain, unsigned long memory, unsigned int flags)","library":"libvirt","since":"0.9.0","fails":"negative","result":"number"},
  virDomainBlockResize: {"c":"int virDomainBlockResize(void *dom, const char *disk, unsigned long long size, unsigned int flags)","library":"libvirt","since":"0.9.8","fails":"negative","result":"number"},
  virDomainOpenConsole: {"c":"int virDomainOpenConsole(void *dom, const char *dev_name, void *st, unsigned int flags)","library":"libvirt","since":"0.8.6","fails":"negative","result":"number"},
  virDomainQemuAgentCommand: {"c":"void * virDomainQemuAgentCommand(void *domain, const char *cmd, int timeout, unsigned int flags)","library":"libvirt-qemu","since":"0.10.0","fails":"null","result":"owned"},
  virDomainQemuMonitorCommand: {"c":"int virDomainQemuMonitorCommand(void *domain, const char *cmd, _Out_ void **result, unsigned int flags)","library":"libvirt-qemu","since":"0.8.3","fails":"negative","result":"number"},
  virConnectDomainEventRegisterAny: {"c":"int virConnectDomainEventRegisterAny(void *conn, void *dom, int eventID, void *cb, void *opaque, void *freecb)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
  virConnectDomainEventDeregisterAny: {"c":"int virConnectDomainEventDeregisterAny(void *conn, int callbackID)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
  virConnectNetworkEventRegisterAny: {"c":"int virConnectNetworkEventRegisterAny(void *conn, void *net, int eventID, void *cb, void *opaque, void *freecb)","library":"libvirt","since":"1.2.1","fails":"negative","result":"number"},
  virConnectNetworkEventDeregisterAny: {"c":"int virConnectNetworkEventDeregisterAny(void *conn, int callbackID)","library":"libvirt","since":"1.2.1","fails":"negative","result":"number"},
  virConnectStoragePoolEventRegisterAny: {"c":"int virConnectStoragePoolEventRegisterAny(void *conn, void *pool, int eventID, void *cb, void *opaque, void *freecb)","library":"libvirt","since":"2.0.0","fails":"negative","result":"number"},
  virConnectStoragePoolEventDeregisterAny: {"c":"int virConnectStoragePoolEventDeregisterAny(void *conn, int callbackID)","library":"libvirt","since":"2.0.0","fails":"negative","result":"number"},
  virConnectListAllNetworks: {"c":"int virConnectListAllNetworks(void *conn, _Out_ void **nets, unsigned int flags)","library":"libvirt","since":"0.10.2","fails":"negative","result":"number"},
  virNetworkLookupByName: {"c":"void * virNetworkLookupByName(void *conn, const char *name)","library":"libvirt","since":"0.2.0","fails":"null","result":"reference"},
  virNetworkFree: {"c":"int virNetworkFree(void *network)","library":"libvirt","since":"0.2.0","fails":"negative","result":"number"},
  virNetworkGetName: {"c":"const char * virNetworkGetName(void *network)","library":"libvirt","since":"0.2.0","fails":"null","result":"borrowed"},
  virNetworkGetUUIDString: {"c":"int virNetworkGetUUIDString(void *network, void *buf)","library":"libvirt","since":"0.2.0","fails":"negative","result":"number"},
  virNetworkIsActive: {"c":"int virNetworkIsActive(void *net)","library":"libvirt","since":"0.7.3","fails":"negative","result":"number"},
  virNetworkIsPersistent: {"c":"int virNetworkIsPersistent(void *net)","library":"libvirt","since":"0.7.3","fails":"negative","result":"number"},
  virNetworkGetAutostart: {"c":"int virNetworkGetAutostart(void *network, _Out_ int *autostart)","library":"libvirt","since":"0.2.1","fails":"negative","result":"number"},
  virNetworkSetAutostart: {"c":"int virNetworkSetAutostart(void *network, int autostart)","library":"libvirt","since":"0.2.1","fails":"negative","result":"number"},
  virNetworkGetXMLDesc: {"c":"void * virNetworkGetXMLDesc(void *network, unsigned int flags)","library":"libvirt","since":"0.2.0","fails":"null","result":"owned"},
  virNetworkDefineXML: {"c":"void * virNetworkDefineXML(void *conn, const char *xml)","library":"libvirt","since":"0.2.0","fails":"null","result":"reference"},
  virNetworkUndefine: {"c":"int virNetworkUndefine(void *network)","library":"libvirt","since":"0.2.0","fails":"negative","result":"number"},
  virNetworkCreate: {"c":"int virNetworkCreate(void *network)","library":"libvirt","since":"0.2.0","fails":"negative","result":"number"},
  virNetworkDestroy: {"c":"int virNetworkDestroy(void *network)","library":"libvirt","since":"0.2.0","fails":"negative","result":"number"},
  virNetworkUpdate: {"c":"int virNetworkUpdate(void *network, unsigned int command, unsigned int section, int parentIndex, const char *xml, unsigned int flags)","library":"libvirt","since":"0.10.2","fails":"negative","result":"number"},
  virNetworkGetDHCPLeases: {"c":"int virNetworkGetDHCPLeases(void *network, const char *mac, _Out_ void **leases, unsigned int flags)","library":"libvirt","since":"1.2.6","fails":"negative","result":"number"},
  virNetworkDHCPLeaseFree: {"c":"void virNetworkDHCPLeaseFree(void *lease)","library":"libvirt","since":"1.2.6","fails":"never","result":"nothing"},
  virConnectListAllStoragePools: {"c":"int virConnectListAllStoragePools(void *conn, _Out_ void **pools, unsigned int flags)","library":"libvirt","since":"0.10.2","fails":"negative","result":"number"},
  virStoragePoolLookupByName: {"c":"void * virStoragePoolLookupByName(void *conn, const char *name)","library":"libvirt","since":"0.4.1","fails":"null","result":"reference"},
  virStoragePoolFree: {"c":"int virStoragePoolFree(void *pool)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolGetName: {"c":"const char * virStoragePoolGetName(void *pool)","library":"libvirt","since":"0.4.1","fails":"null","result":"borrowed"},
  virStoragePoolGetUUIDString: {"c":"int virStoragePoolGetUUIDString(void *pool, void *buf)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolIsActive: {"c":"int virStoragePoolIsActive(void *pool)","library":"libvirt","since":"0.7.3","fails":"negative","result":"number"},
  virStoragePoolIsPersistent: {"c":"int virStoragePoolIsPersistent(void *pool)","library":"libvirt","since":"0.7.3","fails":"negative","result":"number"},
  virStoragePoolGetAutostart: {"c":"int virStoragePoolGetAutostart(void *pool, _Out_ int *autostart)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolSetAutostart: {"c":"int virStoragePoolSetAutostart(void *pool, int autostart)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolGetInfo: {"c":"int virStoragePoolGetInfo(void *pool, void *info)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolGetXMLDesc: {"c":"void * virStoragePoolGetXMLDesc(void *pool, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"null","result":"owned"},
  virStoragePoolDefineXML: {"c":"void * virStoragePoolDefineXML(void *conn, const char *xml, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"null","result":"reference"},
  virStoragePoolUndefine: {"c":"int virStoragePoolUndefine(void *pool)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolBuild: {"c":"int virStoragePoolBuild(void *pool, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolCreate: {"c":"int virStoragePoolCreate(void *pool, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolDestroy: {"c":"int virStoragePoolDestroy(void *pool)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolDelete: {"c":"int virStoragePoolDelete(void *pool, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolRefresh: {"c":"int virStoragePoolRefresh(void *pool, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStoragePoolListAllVolumes: {"c":"int virStoragePoolListAllVolumes(void *pool, _Out_ void **vols, unsigned int flags)","library":"libvirt","since":"0.10.2","fails":"negative","result":"number"},
  virStorageVolLookupByName: {"c":"void * virStorageVolLookupByName(void *pool, const char *name)","library":"libvirt","since":"0.4.1","fails":"null","result":"reference"},
  virStorageVolFree: {"c":"int virStorageVolFree(void *vol)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStorageVolGetName: {"c":"const char * virStorageVolGetName(void *vol)","library":"libvirt","since":"0.4.1","fails":"null","result":"borrowed"},
  virStorageVolGetPath: {"c":"void * virStorageVolGetPath(void *vol)","library":"libvirt","since":"0.4.1","fails":"null","result":"owned"},
  virStorageVolGetInfo: {"c":"int virStorageVolGetInfo(void *vol, void *info)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStorageVolGetXMLDesc: {"c":"void * virStorageVolGetXMLDesc(void *vol, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"null","result":"owned"},
  virStorageVolCreateXML: {"c":"void * virStorageVolCreateXML(void *pool, const char *xmlDesc, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"null","result":"reference"},
  virStorageVolCreateXMLFrom: {"c":"void * virStorageVolCreateXMLFrom(void *pool, const char *xmlDesc, void *clonevol, unsigned int flags)","library":"libvirt","since":"0.6.4","fails":"null","result":"reference"},
  virStorageVolResize: {"c":"int virStorageVolResize(void *vol, unsigned long long capacity, unsigned int flags)","library":"libvirt","since":"0.9.10","fails":"negative","result":"number"},
  virStorageVolDelete: {"c":"int virStorageVolDelete(void *vol, unsigned int flags)","library":"libvirt","since":"0.4.1","fails":"negative","result":"number"},
  virStorageVolUpload: {"c":"int virStorageVolUpload(void *vol, void *stream, unsigned long long offset, unsigned long long length, unsigned int flags)","library":"libvirt","since":"0.9.0","fails":"negative","result":"number"},
  virStorageVolDownload: {"c":"int virStorageVolDownload(void *vol, void *stream, unsigned long long offset, unsigned long long length, unsigned int flags)","library":"libvirt","since":"0.9.0","fails":"negative","result":"number"},
  virStreamNew: {"c":"void * virStreamNew(void *conn, unsigned int flags)","library":"libvirt","since":"0.7.2","fails":"null","result":"reference"},
  virStreamSend: {"c":"int virStreamSend(void *stream, void *data, size_t nbytes)","library":"libvirt","since":"0.7.2","fails":"minus-one","result":"number"},
  virStreamSendHole: {"c":"int virStreamSendHole(void *stream, long long length, unsigned int flags)","library":"libvirt","since":"3.4.0","fails":"negative","result":"number"},
  virStreamRecv: {"c":"int virStreamRecv(void *stream, void *data, size_t nbytes)","library":"libvirt","since":"0.7.2","fails":"minus-one","result":"number"},
  virStreamFinish: {"c":"int virStreamFinish(void *stream)","library":"libvirt","since":"0.7.2","fails":"negative","result":"number"},
  virStreamAbort: {"c":"int virStreamAbort(void *stream)","library":"libvirt","since":"0.7.2","fails":"negative","result":"number"},
  virStreamFree: {"c":"int virStreamFree(void *stream)","library":"libvirt","since":"0.7.2","fails":"negative","result":"number"},
  virDomainListAllSnapshots: {"c":"int virDomainListAllSnapshots(void *domain, _Out_ void **snaps, unsigned int flags)","library":"libvirt","since":"0.9.13","fails":"negative","result":"number"},
  virDomainSnapshotLookupByName: {"c":"void * virDomainSnapshotLookupByName(void *domain, const char *name, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"null","result":"reference"},
  virDomainSnapshotFree: {"c":"int virDomainSnapshotFree(void *snapshot)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
  virDomainSnapshotGetName: {"c":"const char * virDomainSnapshotGetName(void *snapshot)","library":"libvirt","since":"0.9.5","fails":"null","result":"borrowed"},
  virDomainSnapshotGetParent: {"c":"void * virDomainSnapshotGetParent(void *snapshot, unsigned int flags)","library":"libvirt","since":"0.9.7","fails":"null","result":"reference"},
  virDomainSnapshotIsCurrent: {"c":"int virDomainSnapshotIsCurrent(void *snapshot, unsigned int flags)","library":"libvirt","since":"0.9.13","fails":"negative","result":"number"},
  virDomainSnapshotGetXMLDesc: {"c":"void * virDomainSnapshotGetXMLDesc(void *snapshot, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"null","result":"owned"},
  virDomainSnapshotCreateXML: {"c":"void * virDomainSnapshotCreateXML(void *domain, const char *xmlDesc, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"null","result":"reference"},
  virDomainRevertToSnapshot: {"c":"int virDomainRevertToSnapshot(void *snapshot, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
  virDomainSnapshotDelete: {"c":"int virDomainSnapshotDelete(void *snapshot, unsigned int flags)","library":"libvirt","since":"0.8.0","fails":"negative","result":"number"},
};
