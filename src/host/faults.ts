/** libvirt's errors in the house's words: which exit code, what happened, what to type next. The one table of it. */
import { isLibvirtFault, type LibvirtFault, VirErrorNumber as V } from "#ffi";
import { type ErrorCode, HutchError, isHutchError } from "../core/errors.ts";
import { asTyped } from "./sudo.ts";

/** What the next steps depend on. */
export type FaultContext = {
  readonly uri: string;
  /** Whether services of this host are started by systemd. */
  readonly systemd: boolean;
  readonly isRoot: boolean;
};

type Rule = {
  readonly code: ErrorCode;
  /** What happened, for people; libvirt's own words are told as the why. */
  readonly message: string;
  readonly next?: readonly string[] | ((context: FaultContext) => readonly string[]);
};

const NO_PERMISSION: Rule = {
  code: "E_HOST",
  message: "libvirt does not let this user in.",
  next: [
    "sudo usermod -aG libvirt $USER, then log in again",
    "hutch --connect qemu:///session list: VMs of your own, without the host's daemon",
  ],
};
const NO_DAEMON: Rule = { code: "E_HOST", message: "libvirt's daemon does not answer.", next: startDaemon };
const AWAY: Rule = { code: "E_HOST", message: "libvirt's host cannot be reached.", next: lookThere };
const GONE: Rule = { code: "E_NOT_FOUND", message: "It is not there (any more).", next: ["hutch list"] };
const OUR_XML: Rule = {
  code: "E_BUG",
  message: "libvirt could not make sense of what hutch wrote.",
  next: ["Run again with --verbose and report what it prints."],
};
const NOT_CARRIED: Rule = { code: "E_HOST", message: "This driver of libvirt cannot do that." };
const NOT_NOW: Rule = { code: "E_CONFLICT", message: "libvirt cannot do that in the state it finds." };
const GUEST_SILENT: Rule = { code: "E_GUEST", message: "The guest's agent does not answer." };

/** By what libvirt says, where its number alone says too little; the first that matches. Its messages are matched in part, for their rest varies. */
const BY_TEXT: readonly (readonly [RegExp, Rule])[] = [
  [
    /no space left on device/i,
    {
      code: "E_HOST",
      message: "There is no space left on the host's disk.",
      next: ["hutch image prune: what nobody needs any more", "hutch purge: empty the trash", "df -h"],
    },
  ],
  [/failed to connect socket to .*(no such file|connection refused)/i, NO_DAEMON],
  [/\bssh: |unable to connect to server at|permission denied \(publickey|host key verification failed/i, AWAY],
  [
    /cannot create user runtime directory/i,
    {
      code: "E_HOST",
      message: "Your own libvirt has no folder that it could work in.",
      next: [
        'ls -ld "$HOME" "$XDG_RUNTIME_DIR": they must be there, and yours',
        "hutch --connect qemu:///system list: the host's libvirt in its place",
      ],
    },
  ],
  [
    /could not access kvm kernel module|failed to initialize kvm/i,
    {
      code: "E_HOST",
      message: "QEMU may not use /dev/kvm.",
      next: ["sudo hutch doctor --fix", "A VM that is launched with --accel tcg is emulated, ten times slower."],
    },
  ],
  [
    /does not support virt type 'kvm'|could not find capabilities|invalid domain type|emulator .* not found|no emulator found/i,
    {
      code: "E_HOST",
      message: "QEMU for this kind of machine is not installed, or has no KVM.",
      next: ["hutch doctor", "Debian, Ubuntu: apt install qemu-system-x86 · Fedora: dnf install qemu-kvm"],
    },
  ],
  [
    /unable to find any firmware|unable to find .*efi/i,
    {
      code: "E_HOST",
      message: "There is no UEFI firmware on this host.",
      next: [
        "Debian, Ubuntu: apt install ovmf · Fedora: dnf install edk2-ovmf",
        "Leave --firmware out, where the image boots by BIOS too.",
      ],
    },
  ],
  [
    /network is already in use by interface|already in use by interface/i,
    {
      code: "E_HOST",
      message: "The network cannot start, for the host uses its addresses already.",
      next: ["virsh net-edit default: give it other addresses (192.168.123.0/24)", "ip -4 address: what the host has"],
    },
  ],
  [
    /unable to find 'dnsmasq'/i,
    {
      code: "E_HOST",
      message: "The network cannot start, for dnsmasq is missing.",
      next: ["Debian, Ubuntu: apt install dnsmasq-base · Fedora: dnf install dnsmasq"],
    },
  ],
  [
    /could not set up host forwarding rule|failed to bind port|address already in use/i,
    {
      code: "E_CONFLICT",
      message: "A port that leads into the VM is taken by another program.",
      next: ["ss -ltnp: who listens where"],
    },
  ],
  [
    /already exists with uuid|already exists/i,
    { code: "E_CONFLICT", message: "There is one of that name already.", next: ["hutch list"] },
  ],
  [
    /'swtpm.*' .*(?:not|unable)|unable to find .*swtpm|swtpm binary/i,
    {
      code: "E_HOST",
      message: "The TPM emulator is not installed.",
      next: ["apt install swtpm swtpm-tools", "Leave --tpm out."],
    },
  ],
  [
    /virtlogd/i,
    {
      code: "E_HOST",
      message: "libvirt's log daemon does not answer.",
      next: ({ systemd }) => [systemd ? "sudo systemctl start virtlogd.socket" : "sudo virtlogd -d"],
    },
  ],
  [
    /cannot access (?:storage|backing) file|could not open '.*': permission denied/i,
    {
      code: "E_HOST",
      message: "The hypervisor may not read a disk of the VM.",
      next: ["Let the QEMU user through every folder above it: chmod o+x", "hutch doctor"],
    },
  ],
  [
    /cannot set up guest memory|cannot allocate memory/i,
    {
      code: "E_HOST",
      message: "The host has not enough free memory for this VM.",
      next: ["Give it less memory.", "hutch list state=running --sort -memory: what could be stopped"],
    },
  ],
  [/failed to connect socket to .*permission denied/i, NO_PERMISSION],
  [/failed to connect socket to|cannot use direct socket mode|cannot identify any listening daemon/i, NO_DAEMON],
  [/system bus connection|no polkit agent|authentication unavailable|access denied by policy/i, NO_PERMISSION],
];

/** By libvirt's number. What is not here is the hypervisor's refusal, told as libvirt tells it. */
const BY_CODE: Readonly<Record<number, Rule>> = {
  [V.NO_DOMAIN]: { ...GONE, message: "There is no such VM." },
  [V.NO_NETWORK]: { ...GONE, message: "There is no such network.", next: ["hutch doctor"] },
  [V.NO_STORAGE_POOL]: { ...GONE, message: "There is no such storage pool.", next: ["hutch doctor"] },
  [V.NO_STORAGE_VOL]: { ...GONE, message: "There is no such disk in the pool." },
  [V.NO_DOMAIN_SNAPSHOT]: { ...GONE, message: "There is no such snapshot." },
  [V.NO_DOMAIN_METADATA]: { ...GONE, message: "It carries no record of hutch's." },
  [V.NO_NODE_DEVICE]: GONE,
  [V.NO_INTERFACE]: GONE,
  [V.NO_SECRET]: GONE,
  [V.NO_DOMAIN_CHECKPOINT]: GONE,
  [V.DEVICE_MISSING]: { ...GONE, message: "The VM has no such device." },
  [V.DOM_EXIST]: { code: "E_CONFLICT", message: "There is a VM of that name already.", next: ["hutch list"] },
  [V.NETWORK_EXIST]: { code: "E_CONFLICT", message: "There is a network of that name already." },
  [V.STORAGE_VOL_EXIST]: { code: "E_CONFLICT", message: "There is a disk of that name already." },
  [V.STORAGE_POOL_BUILT]: { code: "E_CONFLICT", message: "The pool is built already." },
  [V.RESOURCE_BUSY]: { code: "E_CONFLICT", message: "libvirt is busy with it.", next: ["Try again in a moment."] },
  [V.BLOCK_COPY_ACTIVE]: NOT_NOW,
  [V.OPERATION_INVALID]: NOT_NOW,
  [V.NO_CONNECT]: NO_DAEMON,
  [V.UNKNOWN_HOST]: { code: "E_HOST", message: "That host is not known.", next: ["hutch host ls"] },
  [V.SYSTEM_ERROR]: { code: "E_HOST", message: "The host's system refused it.", next: ["hutch doctor"] },
  [V.RPC]: { code: "E_HOST", message: "The talk with libvirt's daemon broke off.", next: startDaemon },
  [V.SSH]: AWAY,
  [V.LIBSSH]: AWAY,
  [V.GNUTLS_ERROR]: AWAY,
  [V.NO_SERVER]: NO_DAEMON,
  [V.NO_CLIENT]: NO_DAEMON,
  [V.AUTH_FAILED]: NO_PERMISSION,
  [V.AUTH_UNAVAILABLE]: NO_PERMISSION,
  [V.AUTH_CANCELLED]: NO_PERMISSION,
  [V.OPERATION_DENIED]: NO_PERMISSION,
  [V.ACCESS_DENIED]: NO_PERMISSION,
  [V.NO_SUPPORT]: NOT_CARRIED,
  [V.OPERATION_UNSUPPORTED]: NOT_CARRIED,
  [V.ARGUMENT_UNSUPPORTED]: NOT_CARRIED,
  [V.NO_MEMORY]: { code: "E_HOST", message: "The host has no memory left." },
  [V.OPERATION_TIMEOUT]: {
    code: "E_TIMEOUT",
    message: "libvirt did not get it done in time.",
    next: ["Try again.", "hutch doctor"],
  },
  [V.OPERATION_ABORTED]: { code: "E_CANCELLED", message: "It was cancelled." },
  [V.AGENT_UNRESPONSIVE]: GUEST_SILENT,
  [V.AGENT_UNSYNCED]: GUEST_SILENT,
  [V.XML_ERROR]: OUR_XML,
  [V.XML_DETAIL]: OUR_XML,
  [V.XML_INVALID_SCHEMA]: OUR_XML,
  [V.INVALID_ARG]: OUR_XML,
};

const REFUSED: Rule = { code: "E_HYPERVISOR", message: "libvirt refused it." };

const BY_KIND: Readonly<Record<Exclude<LibvirtFault["kind"], "libvirt">, Rule>> = {
  "no-library": {
    code: "E_HOST",
    message: "libvirt is not installed here.",
    next: [
      "Debian, Ubuntu: apt install libvirt-daemon-system qemu-system-x86",
      "Fedora: dnf install libvirt qemu-kvm",
      "Arch: pacman -S libvirt qemu-base",
      "openSUSE: zypper install libvirt qemu-kvm",
    ],
  },
  "no-symbol": { code: "E_HOST", message: "This libvirt is too old for that." },
  file: { code: "E_HOST", message: "A file of this host cannot be read or written." },
  lost: { code: "E_HYPERVISOR", message: "The connection to libvirt was lost.", next: ["hutch doctor"] },
  aborted: { code: "E_CANCELLED", message: "It was cancelled." },
  bug: {
    code: "E_BUG",
    message: "hutch broke while talking to libvirt.",
    next: ["Run again with --verbose and report what it prints."],
  },
};

/** Errors that are none of libvirt's pass unchanged. */
export function fromFault(error: unknown, context: FaultContext): unknown {
  if (!isLibvirtFault(error)) return error;
  const rule = ruleFor(error);
  const next = typeof rule.next === "function" ? rule.next(context) : (rule.next ?? []);
  const own = rule === REFUSED && error.message !== "";
  return new HutchError(
    {
      code: rule.code,
      message: own ? `libvirt refused it: ${error.message}` : rule.message,
      ...(own || error.message === "" ? {} : { why: error.message }),
      next: asTyped(next, context.isRoot),
      details: { libvirt: error.code, function: error.fn, uri: context.uri },
    },
    error,
  );
}

function ruleFor(fault: LibvirtFault): Rule {
  if (fault.kind !== "libvirt") return BY_KIND[fault.kind];
  const said = BY_TEXT.find(([pattern]) => pattern.test(fault.message));
  return said?.[1] ?? BY_CODE[fault.code] ?? REFUSED;
}

/** libvirt's own number of an error, translated or not; null when it is none of libvirt's. */
export function libvirtCode(error: unknown): number | null {
  const fault = isHutchError(error) ? error.cause : error;
  return isLibvirtFault(fault) && fault.kind === "libvirt" ? fault.code : null;
}

/** libvirt's own words for an error; empty when it is none of libvirt's. */
export function libvirtMessage(error: unknown): string {
  const fault = isHutchError(error) ? error.cause : error;
  return isLibvirtFault(fault) ? fault.message : "";
}

function lookThere({ uri }: FaultContext): readonly string[] {
  const { protocol, hostname, username, port } = URL.canParse(uri) ? new URL(uri) : { protocol: "" };
  if (!/\+(lib)?ssh2?:$/.test(protocol) || hostname === undefined)
    return ["hutch host ls: the hosts and their addresses"];
  const to = username === "" ? hostname : `${username}@${hostname}`;
  const at = port === "" ? "" : `-p ${port} `;
  return [`ssh ${at}${to} true: whether you get there at all`, "hutch host ls: the hosts and their addresses"];
}

function startDaemon({ uri, systemd }: FaultContext): readonly string[] {
  if (uri.includes("/session"))
    return [
      "Install libvirt's daemon: apt install libvirt-daemon · dnf install libvirt-daemon-driver-qemu",
      "hutch doctor",
    ];
  if (systemd)
    return [
      "sudo systemctl start libvirtd.socket",
      "Or, where libvirt is split up: sudo systemctl start virtqemud.socket virtnetworkd.socket virtstoraged.socket",
    ];
  return ["sudo virtlogd -d && sudo libvirtd -d", "hutch doctor"];
}
