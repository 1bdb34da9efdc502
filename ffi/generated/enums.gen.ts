// Written by scripts/gen-libvirt.ts from libvirt 9.0.0. Do not edit; what the names mean is told at https://libvirt.org/html/.

export const VirErrorNumber = {
  OK: 0,
  INTERNAL_ERROR: 1,
  NO_MEMORY: 2,
  NO_SUPPORT: 3,
  UNKNOWN_HOST: 4,
  NO_CONNECT: 5,
  INVALID_CONN: 6,
  INVALID_DOMAIN: 7,
  INVALID_ARG: 8,
  OPERATION_FAILED: 9,
  GET_FAILED: 10,
  POST_FAILED: 11,
  HTTP_ERROR: 12,
  SEXPR_SERIAL: 13,
  NO_XEN: 14,
  XEN_CALL: 15,
  OS_TYPE: 16,
  NO_KERNEL: 17,
  NO_ROOT: 18,
  NO_SOURCE: 19,
  NO_TARGET: 20,
  NO_NAME: 21,
  NO_OS: 22,
  NO_DEVICE: 23,
  NO_XENSTORE: 24,
  DRIVER_FULL: 25,
  CALL_FAILED: 26,
  XML_ERROR: 27,
  DOM_EXIST: 28,
  OPERATION_DENIED: 29,
  OPEN_FAILED: 30,
  READ_FAILED: 31,
  PARSE_FAILED: 32,
  CONF_SYNTAX: 33,
  WRITE_FAILED: 34,
  XML_DETAIL: 35,
  INVALID_NETWORK: 36,
  NETWORK_EXIST: 37,
  SYSTEM_ERROR: 38,
  RPC: 39,
  GNUTLS_ERROR: 40,
  WAR_NO_NETWORK: 41,
  NO_DOMAIN: 42,
  NO_NETWORK: 43,
  INVALID_MAC: 44,
  AUTH_FAILED: 45,
  INVALID_STORAGE_POOL: 46,
  INVALID_STORAGE_VOL: 47,
  WAR_NO_STORAGE: 48,
  NO_STORAGE_POOL: 49,
  NO_STORAGE_VOL: 50,
  WAR_NO_NODE: 51,
  INVALID_NODE_DEVICE: 52,
  NO_NODE_DEVICE: 53,
  NO_SECURITY_MODEL: 54,
  OPERATION_INVALID: 55,
  WAR_NO_INTERFACE: 56,
  NO_INTERFACE: 57,
  INVALID_INTERFACE: 58,
  MULTIPLE_INTERFACES: 59,
  WAR_NO_NWFILTER: 60,
  INVALID_NWFILTER: 61,
  NO_NWFILTER: 62,
  BUILD_FIREWALL: 63,
  WAR_NO_SECRET: 64,
  INVALID_SECRET: 65,
  NO_SECRET: 66,
  CONFIG_UNSUPPORTED: 67,
  OPERATION_TIMEOUT: 68,
  MIGRATE_PERSIST_FAILED: 69,
  HOOK_SCRIPT_FAILED: 70,
  INVALID_DOMAIN_SNAPSHOT: 71,
  NO_DOMAIN_SNAPSHOT: 72,
  INVALID_STREAM: 73,
  ARGUMENT_UNSUPPORTED: 74,
  STORAGE_PROBE_FAILED: 75,
  STORAGE_POOL_BUILT: 76,
  SNAPSHOT_REVERT_RISKY: 77,
  OPERATION_ABORTED: 78,
  AUTH_CANCELLED: 79,
  NO_DOMAIN_METADATA: 80,
  MIGRATE_UNSAFE: 81,
  OVERFLOW: 82,
  BLOCK_COPY_ACTIVE: 83,
  OPERATION_UNSUPPORTED: 84,
  SSH: 85,
  AGENT_UNRESPONSIVE: 86,
  RESOURCE_BUSY: 87,
  ACCESS_DENIED: 88,
  DBUS_SERVICE: 89,
  STORAGE_VOL_EXIST: 90,
  CPU_INCOMPATIBLE: 91,
  XML_INVALID_SCHEMA: 92,
  MIGRATE_FINISH_OK: 93,
  AUTH_UNAVAILABLE: 94,
  NO_SERVER: 95,
  NO_CLIENT: 96,
  AGENT_UNSYNCED: 97,
  LIBSSH: 98,
  DEVICE_MISSING: 99,
  INVALID_NWFILTER_BINDING: 100,
  NO_NWFILTER_BINDING: 101,
  INVALID_DOMAIN_CHECKPOINT: 102,
  NO_DOMAIN_CHECKPOINT: 103,
  NO_DOMAIN_BACKUP: 104,
  INVALID_NETWORK_PORT: 105,
  NETWORK_PORT_EXIST: 106,
  NO_NETWORK_PORT: 107,
  NO_HOSTNAME: 108,
  CHECKPOINT_INCONSISTENT: 109,
  MULTIPLE_DOMAINS: 110,
} as const;
export type VirErrorNumber = (typeof VirErrorNumber)[keyof typeof VirErrorNumber];

export const VirDomainState = {
  NOSTATE: 0,
  RUNNING: 1,
  BLOCKED: 2,
  PAUSED: 3,
  SHUTDOWN: 4,
  SHUTOFF: 5,
  CRASHED: 6,
  PMSUSPENDED: 7,
} as const;
export type VirDomainState = (typeof VirDomainState)[keyof typeof VirDomainState];

export const VirDomainRunningReason = {
  UNKNOWN: 0,
  BOOTED: 1,
  MIGRATED: 2,
  RESTORED: 3,
  FROM_SNAPSHOT: 4,
  UNPAUSED: 5,
  MIGRATION_CANCELED: 6,
  SAVE_CANCELED: 7,
  WAKEUP: 8,
  CRASHED: 9,
  POSTCOPY: 10,
  POSTCOPY_FAILED: 11,
} as const;
export type VirDomainRunningReason = (typeof VirDomainRunningReason)[keyof typeof VirDomainRunningReason];

export const VirDomainPausedReason = {
  UNKNOWN: 0,
  USER: 1,
  MIGRATION: 2,
  SAVE: 3,
  DUMP: 4,
  IOERROR: 5,
  WATCHDOG: 6,
  FROM_SNAPSHOT: 7,
  SHUTTING_DOWN: 8,
  SNAPSHOT: 9,
  CRASHED: 10,
  STARTING_UP: 11,
  POSTCOPY: 12,
  POSTCOPY_FAILED: 13,
} as const;
export type VirDomainPausedReason = (typeof VirDomainPausedReason)[keyof typeof VirDomainPausedReason];

export const VirDomainShutdownReason = {
  UNKNOWN: 0,
  USER: 1,
} as const;
export type VirDomainShutdownReason = (typeof VirDomainShutdownReason)[keyof typeof VirDomainShutdownReason];

export const VirDomainShutoffReason = {
  UNKNOWN: 0,
  SHUTDOWN: 1,
  DESTROYED: 2,
  CRASHED: 3,
  MIGRATED: 4,
  SAVED: 5,
  FAILED: 6,
  FROM_SNAPSHOT: 7,
  DAEMON: 8,
} as const;
export type VirDomainShutoffReason = (typeof VirDomainShutoffReason)[keyof typeof VirDomainShutoffReason];

export const VirDomainCrashedReason = {
  UNKNOWN: 0,
  PANICKED: 1,
} as const;
export type VirDomainCrashedReason = (typeof VirDomainCrashedReason)[keyof typeof VirDomainCrashedReason];

export const VirDomainPMSuspendedReason = {
  UNKNOWN: 0,
} as const;
export type VirDomainPMSuspendedReason = (typeof VirDomainPMSuspendedReason)[keyof typeof VirDomainPMSuspendedReason];

export const VirDomainXMLFlags = {
  SECURE: 1,
  INACTIVE: 2,
  UPDATE_CPU: 4,
  MIGRATABLE: 8,
} as const;
export type VirDomainXMLFlags = (typeof VirDomainXMLFlags)[keyof typeof VirDomainXMLFlags];

export const VirDomainDefineFlags = {
  VALIDATE: 1,
} as const;
export type VirDomainDefineFlags = (typeof VirDomainDefineFlags)[keyof typeof VirDomainDefineFlags];

export const VirDomainUndefineFlags = {
  MANAGED_SAVE: 1,
  SNAPSHOTS_METADATA: 2,
  NVRAM: 4,
  KEEP_NVRAM: 8,
  CHECKPOINTS_METADATA: 16,
  TPM: 32,
  KEEP_TPM: 64,
} as const;
export type VirDomainUndefineFlags = (typeof VirDomainUndefineFlags)[keyof typeof VirDomainUndefineFlags];

export const VirDomainCreateFlags = {
  DOMAIN_NONE: 0,
  PAUSED: 1,
  AUTODESTROY: 2,
  BYPASS_CACHE: 4,
  FORCE_BOOT: 8,
  VALIDATE: 16,
  RESET_NVRAM: 32,
} as const;
export type VirDomainCreateFlags = (typeof VirDomainCreateFlags)[keyof typeof VirDomainCreateFlags];

export const VirDomainShutdownFlag = {
  DEFAULT: 0,
  ACPI_POWER_BTN: 1,
  GUEST_AGENT: 2,
  INITCTL: 4,
  SIGNAL: 8,
  PARAVIRT: 16,
} as const;
export type VirDomainShutdownFlag = (typeof VirDomainShutdownFlag)[keyof typeof VirDomainShutdownFlag];

export const VirDomainRebootFlag = {
  DEFAULT: 0,
  ACPI_POWER_BTN: 1,
  GUEST_AGENT: 2,
  INITCTL: 4,
  SIGNAL: 8,
  PARAVIRT: 16,
} as const;
export type VirDomainRebootFlag = (typeof VirDomainRebootFlag)[keyof typeof VirDomainRebootFlag];

export const VirDomainDestroyFlags = {
  DEFAULT: 0,
  GRACEFUL: 1,
  REMOVE_LOGS: 2,
} as const;
export type VirDomainDestroyFlags = (typeof VirDomainDestroyFlags)[keyof typeof VirDomainDestroyFlags];

export const VirDomainSaveRestoreFlags = {
  BYPASS_CACHE: 1,
  RUNNING: 2,
  PAUSED: 4,
  RESET_NVRAM: 8,
} as const;
export type VirDomainSaveRestoreFlags = (typeof VirDomainSaveRestoreFlags)[keyof typeof VirDomainSaveRestoreFlags];

export const VirDomainModificationImpact = {
  CURRENT: 0,
  LIVE: 1,
  CONFIG: 2,
} as const;
export type VirDomainModificationImpact = (typeof VirDomainModificationImpact)[keyof typeof VirDomainModificationImpact];

export const VirDomainMetadataType = {
  DESCRIPTION: 0,
  TITLE: 1,
  ELEMENT: 2,
} as const;
export type VirDomainMetadataType = (typeof VirDomainMetadataType)[keyof typeof VirDomainMetadataType];

export const VirDomainVcpuFlags = {
  VCPU_CURRENT: 0,
  VCPU_LIVE: 1,
  VCPU_CONFIG: 2,
  VCPU_MAXIMUM: 4,
  VCPU_GUEST: 8,
  VCPU_HOTPLUGGABLE: 16,
} as const;
export type VirDomainVcpuFlags = (typeof VirDomainVcpuFlags)[keyof typeof VirDomainVcpuFlags];

export const VirDomainMemoryModFlags = {
  MEM_CURRENT: 0,
  MEM_LIVE: 1,
  MEM_CONFIG: 2,
  MEM_MAXIMUM: 4,
} as const;
export type VirDomainMemoryModFlags = (typeof VirDomainMemoryModFlags)[keyof typeof VirDomainMemoryModFlags];

export const VirDomainBlockResizeFlags = {
  BYTES: 1,
} as const;
export type VirDomainBlockResizeFlags = (typeof VirDomainBlockResizeFlags)[keyof typeof VirDomainBlockResizeFlags];

export const VirDomainConsoleFlags = {
  FORCE: 1,
  SAFE: 2,
} as const;
export type VirDomainConsoleFlags = (typeof VirDomainConsoleFlags)[keyof typeof VirDomainConsoleFlags];

export const VirDomainInterfaceAddressesSource = {
  LEASE: 0,
  AGENT: 1,
  ARP: 2,
} as const;
export type VirDomainInterfaceAddressesSource = (typeof VirDomainInterfaceAddressesSource)[keyof typeof VirDomainInterfaceAddressesSource];

export const VirDomainQemuMonitorCommandFlags = {
  DEFAULT: 0,
  HMP: 1,
} as const;
export type VirDomainQemuMonitorCommandFlags = (typeof VirDomainQemuMonitorCommandFlags)[keyof typeof VirDomainQemuMonitorCommandFlags];

export const VirConnectListAllDomainsFlags = {
  ACTIVE: 1,
  INACTIVE: 2,
  PERSISTENT: 4,
  TRANSIENT: 8,
  RUNNING: 16,
  PAUSED: 32,
  SHUTOFF: 64,
  OTHER: 128,
  MANAGEDSAVE: 256,
  NO_MANAGEDSAVE: 512,
  AUTOSTART: 1024,
  NO_AUTOSTART: 2048,
  HAS_SNAPSHOT: 4096,
  NO_SNAPSHOT: 8192,
  HAS_CHECKPOINT: 16384,
  NO_CHECKPOINT: 32768,
} as const;
export type VirConnectListAllDomainsFlags = (typeof VirConnectListAllDomainsFlags)[keyof typeof VirConnectListAllDomainsFlags];

export const VirConnectGetAllDomainStatsFlags = {
  ACTIVE: 1,
  INACTIVE: 2,
  PERSISTENT: 4,
  TRANSIENT: 8,
  RUNNING: 16,
  PAUSED: 32,
  SHUTOFF: 64,
  OTHER: 128,
  NOWAIT: 536870912,
  BACKING: 1073741824,
  ENFORCE_STATS: 2147483648,
} as const;
export type VirConnectGetAllDomainStatsFlags = (typeof VirConnectGetAllDomainStatsFlags)[keyof typeof VirConnectGetAllDomainStatsFlags];

export const VirConnectCloseReason = {
  ERROR: 0,
  EOF: 1,
  KEEPALIVE: 2,
  CLIENT: 3,
} as const;
export type VirConnectCloseReason = (typeof VirConnectCloseReason)[keyof typeof VirConnectCloseReason];

export const VirDomainStatsTypes = {
  STATE: 1,
  CPU_TOTAL: 2,
  BALLOON: 4,
  VCPU: 8,
  INTERFACE: 16,
  BLOCK: 32,
  PERF: 64,
  IOTHREAD: 128,
  MEMORY: 256,
  DIRTYRATE: 512,
  VM: 1024,
} as const;
export type VirDomainStatsTypes = (typeof VirDomainStatsTypes)[keyof typeof VirDomainStatsTypes];

export const VirTypedParameterType = {
  INT: 1,
  UINT: 2,
  LLONG: 3,
  ULLONG: 4,
  DOUBLE: 5,
  BOOLEAN: 6,
  STRING: 7,
} as const;
export type VirTypedParameterType = (typeof VirTypedParameterType)[keyof typeof VirTypedParameterType];

export const VirIPAddrType = {
  IPV4: 0,
  IPV6: 1,
} as const;
export type VirIPAddrType = (typeof VirIPAddrType)[keyof typeof VirIPAddrType];

export const VirDomainEventID = {
  LIFECYCLE: 0,
  REBOOT: 1,
  RTC_CHANGE: 2,
  WATCHDOG: 3,
  IO_ERROR: 4,
  GRAPHICS: 5,
  IO_ERROR_REASON: 6,
  CONTROL_ERROR: 7,
  BLOCK_JOB: 8,
  DISK_CHANGE: 9,
  TRAY_CHANGE: 10,
  PMWAKEUP: 11,
  PMSUSPEND: 12,
  BALLOON_CHANGE: 13,
  PMSUSPEND_DISK: 14,
  DEVICE_REMOVED: 15,
  BLOCK_JOB_2: 16,
  TUNABLE: 17,
  AGENT_LIFECYCLE: 18,
  DEVICE_ADDED: 19,
  MIGRATION_ITERATION: 20,
  JOB_COMPLETED: 21,
  DEVICE_REMOVAL_FAILED: 22,
  METADATA_CHANGE: 23,
  BLOCK_THRESHOLD: 24,
  MEMORY_FAILURE: 25,
  MEMORY_DEVICE_SIZE_CHANGE: 26,
} as const;
export type VirDomainEventID = (typeof VirDomainEventID)[keyof typeof VirDomainEventID];

export const VirDomainEventType = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  SUSPENDED: 3,
  RESUMED: 4,
  STOPPED: 5,
  SHUTDOWN: 6,
  PMSUSPENDED: 7,
  CRASHED: 8,
} as const;
export type VirDomainEventType = (typeof VirDomainEventType)[keyof typeof VirDomainEventType];

export const VirDomainEventDefinedDetailType = {
  ADDED: 0,
  UPDATED: 1,
  RENAMED: 2,
  FROM_SNAPSHOT: 3,
} as const;
export type VirDomainEventDefinedDetailType = (typeof VirDomainEventDefinedDetailType)[keyof typeof VirDomainEventDefinedDetailType];

export const VirDomainEventUndefinedDetailType = {
  REMOVED: 0,
  RENAMED: 1,
} as const;
export type VirDomainEventUndefinedDetailType = (typeof VirDomainEventUndefinedDetailType)[keyof typeof VirDomainEventUndefinedDetailType];

export const VirDomainEventStartedDetailType = {
  BOOTED: 0,
  MIGRATED: 1,
  RESTORED: 2,
  FROM_SNAPSHOT: 3,
  WAKEUP: 4,
} as const;
export type VirDomainEventStartedDetailType = (typeof VirDomainEventStartedDetailType)[keyof typeof VirDomainEventStartedDetailType];

export const VirDomainEventSuspendedDetailType = {
  PAUSED: 0,
  MIGRATED: 1,
  IOERROR: 2,
  WATCHDOG: 3,
  RESTORED: 4,
  FROM_SNAPSHOT: 5,
  API_ERROR: 6,
  POSTCOPY: 7,
  POSTCOPY_FAILED: 8,
} as const;
export type VirDomainEventSuspendedDetailType = (typeof VirDomainEventSuspendedDetailType)[keyof typeof VirDomainEventSuspendedDetailType];

export const VirDomainEventResumedDetailType = {
  UNPAUSED: 0,
  MIGRATED: 1,
  FROM_SNAPSHOT: 2,
  POSTCOPY: 3,
  POSTCOPY_FAILED: 4,
} as const;
export type VirDomainEventResumedDetailType = (typeof VirDomainEventResumedDetailType)[keyof typeof VirDomainEventResumedDetailType];

export const VirDomainEventStoppedDetailType = {
  SHUTDOWN: 0,
  DESTROYED: 1,
  CRASHED: 2,
  MIGRATED: 3,
  SAVED: 4,
  FAILED: 5,
  FROM_SNAPSHOT: 6,
} as const;
export type VirDomainEventStoppedDetailType = (typeof VirDomainEventStoppedDetailType)[keyof typeof VirDomainEventStoppedDetailType];

export const VirDomainEventShutdownDetailType = {
  FINISHED: 0,
  GUEST: 1,
  HOST: 2,
} as const;
export type VirDomainEventShutdownDetailType = (typeof VirDomainEventShutdownDetailType)[keyof typeof VirDomainEventShutdownDetailType];

export const VirConnectDomainEventAgentLifecycleState = {
  CONNECTED: 1,
  DISCONNECTED: 2,
} as const;
export type VirConnectDomainEventAgentLifecycleState = (typeof VirConnectDomainEventAgentLifecycleState)[keyof typeof VirConnectDomainEventAgentLifecycleState];

export const VirNetworkEventID = {
  LIFECYCLE: 0,
} as const;
export type VirNetworkEventID = (typeof VirNetworkEventID)[keyof typeof VirNetworkEventID];

export const VirNetworkEventLifecycleType = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  STOPPED: 3,
} as const;
export type VirNetworkEventLifecycleType = (typeof VirNetworkEventLifecycleType)[keyof typeof VirNetworkEventLifecycleType];

export const VirStoragePoolEventID = {
  LIFECYCLE: 0,
  REFRESH: 1,
} as const;
export type VirStoragePoolEventID = (typeof VirStoragePoolEventID)[keyof typeof VirStoragePoolEventID];

export const VirStoragePoolEventLifecycleType = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  STOPPED: 3,
  CREATED: 4,
  DELETED: 5,
} as const;
export type VirStoragePoolEventLifecycleType = (typeof VirStoragePoolEventLifecycleType)[keyof typeof VirStoragePoolEventLifecycleType];

export const VirNetworkUpdateCommand = {
  NONE: 0,
  MODIFY: 1,
  DELETE: 2,
  ADD_LAST: 3,
  ADD_FIRST: 4,
} as const;
export type VirNetworkUpdateCommand = (typeof VirNetworkUpdateCommand)[keyof typeof VirNetworkUpdateCommand];

export const VirNetworkUpdateSection = {
  NONE: 0,
  BRIDGE: 1,
  DOMAIN: 2,
  IP: 3,
  IP_DHCP_HOST: 4,
  IP_DHCP_RANGE: 5,
  FORWARD: 6,
  FORWARD_INTERFACE: 7,
  FORWARD_PF: 8,
  PORTGROUP: 9,
  DNS_HOST: 10,
  DNS_TXT: 11,
  DNS_SRV: 12,
} as const;
export type VirNetworkUpdateSection = (typeof VirNetworkUpdateSection)[keyof typeof VirNetworkUpdateSection];

export const VirNetworkUpdateFlags = {
  CURRENT: 0,
  LIVE: 1,
  CONFIG: 2,
} as const;
export type VirNetworkUpdateFlags = (typeof VirNetworkUpdateFlags)[keyof typeof VirNetworkUpdateFlags];

export const VirStoragePoolBuildFlags = {
  NEW: 0,
  REPAIR: 1,
  RESIZE: 2,
  NO_OVERWRITE: 4,
  OVERWRITE: 8,
} as const;
export type VirStoragePoolBuildFlags = (typeof VirStoragePoolBuildFlags)[keyof typeof VirStoragePoolBuildFlags];

export const VirStorageVolType = {
  FILE: 0,
  BLOCK: 1,
  DIR: 2,
  NETWORK: 3,
  NETDIR: 4,
  PLOOP: 5,
} as const;
export type VirStorageVolType = (typeof VirStorageVolType)[keyof typeof VirStorageVolType];

export const VirStorageVolCreateFlags = {
  PREALLOC_METADATA: 1,
  REFLINK: 2,
  VALIDATE: 4,
} as const;
export type VirStorageVolCreateFlags = (typeof VirStorageVolCreateFlags)[keyof typeof VirStorageVolCreateFlags];

export const VirStorageVolResizeFlags = {
  ALLOCATE: 1,
  DELTA: 2,
  SHRINK: 4,
} as const;
export type VirStorageVolResizeFlags = (typeof VirStorageVolResizeFlags)[keyof typeof VirStorageVolResizeFlags];

export const VirStorageVolUploadFlags = {
  SPARSE_STREAM: 1,
} as const;
export type VirStorageVolUploadFlags = (typeof VirStorageVolUploadFlags)[keyof typeof VirStorageVolUploadFlags];

export const VirDomainSnapshotCreateFlags = {
  REDEFINE: 1,
  CURRENT: 2,
  NO_METADATA: 4,
  HALT: 8,
  DISK_ONLY: 16,
  REUSE_EXT: 32,
  QUIESCE: 64,
  ATOMIC: 128,
  LIVE: 256,
  VALIDATE: 512,
} as const;
export type VirDomainSnapshotCreateFlags = (typeof VirDomainSnapshotCreateFlags)[keyof typeof VirDomainSnapshotCreateFlags];

export const VirDomainSnapshotRevertFlags = {
  RUNNING: 1,
  PAUSED: 2,
  FORCE: 4,
  RESET_NVRAM: 8,
} as const;
export type VirDomainSnapshotRevertFlags = (typeof VirDomainSnapshotRevertFlags)[keyof typeof VirDomainSnapshotRevertFlags];

export const VirDomainSnapshotDeleteFlags = {
  CHILDREN: 1,
  METADATA_ONLY: 2,
  CHILDREN_ONLY: 4,
} as const;
export type VirDomainSnapshotDeleteFlags = (typeof VirDomainSnapshotDeleteFlags)[keyof typeof VirDomainSnapshotDeleteFlags];

export const VirStreamFlags = {
  NONBLOCK: 1,
} as const;
export type VirStreamFlags = (typeof VirStreamFlags)[keyof typeof VirStreamFlags];
