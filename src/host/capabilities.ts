/** What the host can run, as libvirt tells it, so that it holds for remote hosts too. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { LibvirtClient } from "#ffi";
import { HutchError } from "../core/errors.ts";
import type { Arch, MachineSpec } from "../core/machine/spec.ts";
import { type CpuLevel, cpuLevelOf } from "./cpu-level.ts";
import type { Home } from "./home.ts";
import { attribute, childAt, childrenOf, parseXml, textAt } from "./xml.ts";

export type GuestKind = { readonly arch: string; readonly emulator: string | null; readonly types: readonly string[] };

export type HostCapabilities = {
  readonly driver: string;
  readonly arch: Arch;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** As libvirt encodes versions: major * 1,000,000 + minor * 1,000 + release. */
  readonly libVersion: number;
  readonly guests: readonly GuestKind[];
  /** The CPU's own flag for virtual machines; null where it shows none. */
  readonly cpuFlag: "vmx" | "svm" | null;
  /** The x86-64 level of the CPU; null for other architectures, and where it could not be told. */
  readonly cpuLevel: CpuLevel | null;
  /** Whether snapshots outside the disk can be reverted. */
  readonly externalSnapshots: boolean;
  readonly uefi: boolean;
  readonly tpm: boolean;
  /** Whether QEMU can share folders by virtiofs; see `canShareFolders`. */
  readonly virtiofs: boolean;
  /** Network backends of user-mode networking that this libvirt names; null before it names any (10.6). */
  readonly userBackends: readonly string[] | null;
};

/** AMD's models that contain svm, so that libvirt does not list the flag beside them. */
const SVM_MODELS = /^(EPYC|Opteron_G[2-5]|Dhyana|phenom)/;

export async function hostCapabilities(client: LibvirtClient): Promise<HostCapabilities> {
  const facts = await client.call("host.facts", {});
  const root = parseXml(facts.capabilitiesXml, "the host's capabilities");
  const cpu = childAt(root, "host", "cpu");
  // Hosts that run 32-bit guests only are none of today's; the test driver pretends to be one.
  const arch: Arch = textAt(cpu, "arch") === "aarch64" ? "aarch64" : "x86_64";
  const features = childrenOf(cpu, "feature").map((feature) => attribute(feature, "name"));
  const model = textAt(cpu, "model") ?? "";
  return {
    driver: facts.driver,
    arch,
    cpus: facts.cpus,
    memoryBytes: facts.memoryBytes,
    libVersion: facts.libVersion,
    guests: childrenOf(root, "guest").map((guest) => {
      const kind = childAt(guest, "arch");
      const types = childrenOf(kind, "domain").flatMap((domain) => attribute(domain, "type") ?? []);
      return { arch: attribute(kind, "name") ?? "", emulator: textAt(kind, "emulator"), types };
    }),
    cpuFlag: features.includes("vmx") ? "vmx" : features.includes("svm") || SVM_MODELS.test(model) ? "svm" : null,
    cpuLevel:
      arch === "x86_64"
        ? cpuLevelOf(
            model,
            features.filter((name) => name !== null),
          )
        : null,
    externalSnapshots: childrenOf(root, "guest").some(
      (guest) => childAt(guest, "features", "externalSnapshot") !== null,
    ),
    ...(await deviceCapabilities(client, arch)),
  };
}

type DeviceCapabilities = Pick<HostCapabilities, "uefi" | "tpm" | "virtiofs" | "userBackends">;

async function deviceCapabilities(client: LibvirtClient, arch: Arch): Promise<DeviceCapabilities> {
  const answer = await client.call("host.domainCapabilities", { arch }).catch(() => null);
  if (answer === null) return { uefi: false, tpm: false, virtiofs: false, userBackends: null };
  const root = parseXml(answer.xml, "the host's domain capabilities");
  const offered = (name: string, ...path: readonly string[]): readonly string[] | null => {
    const list = childrenOf(childAt(root, ...path), "enum").find((element) => attribute(element, "name") === name);
    return list === undefined ? null : childrenOf(list, "value").map((value) => value.textContent ?? "");
  };
  return {
    uefi: offered("firmware", "os")?.includes("efi") ?? false,
    tpm: offered("backendModel", "devices", "tpm")?.includes("emulator") ?? false,
    virtiofs: offered("driverType", "devices", "filesystem")?.includes("virtiofs") ?? false,
    userBackends: offered("backendType", "devices", "interface"),
  };
}

export type AccelChoice = {
  readonly kind: "kvm" | "tcg";
  /** One line for the user. */
  readonly why: string;
};

/** E_HOST when KVM is asked for and cannot be, when nothing here emulates the architecture, or when the driver launches no VMs of hutch's kind. */
export function chooseAccel(spec: Pick<MachineSpec, "arch" | "accel">, caps: HostCapabilities): AccelChoice {
  if (caps.driver === "TEST") return { kind: "kvm", why: "libvirt's test driver runs nothing." };
  if (caps.driver !== "QEMU") {
    throw new HutchError({
      code: "E_HOST",
      message: `VMs of libvirt's ${caps.driver} driver can be listed and driven, not launched.`,
      next: ["hutch --connect qemu:///system launch"],
    });
  }
  const types = caps.guests.filter(({ arch }) => arch === spec.arch).flatMap((guest) => guest.types);
  if (types.length === 0) {
    throw new HutchError({
      code: "E_HOST",
      message: `This host has no QEMU for ${spec.arch}.`,
      next: [
        spec.arch === "x86_64"
          ? "apt install qemu-system-x86 · dnf install qemu-system-x86"
          : "apt install qemu-system-arm qemu-efi-aarch64 · dnf install qemu-system-aarch64",
        "hutch doctor",
      ],
    });
  }
  const kvm = spec.arch === caps.arch && types.includes("kvm");
  const slow = "it is emulated (TCG), about ten times slower";
  switch (spec.accel) {
    case "kvm":
      if (kvm) return { kind: "kvm", why: "KVM, as asked." };
      throw new HutchError({
        code: "E_HOST",
        message: `KVM cannot be used for ${spec.arch} on this host.`,
        why: noKvm(spec.arch, caps),
        next: ["hutch doctor", "With --accel tcg it is emulated, ten times slower."],
      });
    case "tcg":
      return { kind: "tcg", why: `As asked, ${slow}.` };
    case "auto":
      if (!kvm) return { kind: "tcg", why: `${noKvm(spec.arch, caps)} So ${slow}.` };
      if (spec.arch === "x86_64" && caps.cpuFlag === null) {
        return {
          kind: "tcg",
          why: `The host's CPU shows neither vmx nor svm, and guests may hang on such a KVM. So ${slow}; --accel kvm tries it.`,
        };
      }
      return { kind: "kvm", why: "KVM." };
  }
}

function noKvm(arch: Arch, caps: HostCapabilities): string {
  if (arch !== caps.arch) return `This host is ${caps.arch}, the VM ${arch}.`;
  return "libvirt offers no KVM on this host (/dev/kvm is missing, or QEMU may not use it).";
}

/** `auto` is what the image boots by everywhere: BIOS on x86, where it is faster, UEFI on ARM, where there is nothing else. E_HOST without the firmware. */
export function chooseFirmware(spec: Pick<MachineSpec, "arch" | "firmware">, caps: HostCapabilities): "bios" | "uefi" {
  const wanted = spec.firmware === "auto" ? (spec.arch === "aarch64" ? "uefi" : "bios") : spec.firmware;
  if (wanted === "uefi" && !caps.uefi && caps.driver === "QEMU" && spec.arch === caps.arch) {
    throw new HutchError({
      code: "E_HOST",
      message: "There is no UEFI firmware on this host.",
      next: [
        spec.arch === "aarch64"
          ? "apt install qemu-efi-aarch64 · dnf install edk2-aarch64"
          : "apt install ovmf · dnf install edk2-ovmf",
      ],
    });
  }
  return wanted;
}

/** passt through libvirt: since 9.2 it tells of failed starts; from 10.6 on libvirt says itself whether it was built in. */
const PASST_SINCE = 9_002_000;

/** How user-mode networking is made here. */
export function userNetworkKind(
  caps: HostCapabilities,
  home: Home,
  env: Readonly<Record<string, string | undefined>>,
): "passt" | "slirp" {
  if (home.mode !== "session" || home.remote || caps.libVersion < PASST_SINCE) return "slirp";
  if (caps.userBackends !== null && !caps.userBackends.includes("passt")) return "slirp";
  const found = (env["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => folder !== "" && canUse(join(folder, "passt"), constants.X_OK));
  return found ? "passt" : "slirp";
}

/** virtiofs in session mode; before, libvirt refuses it there. */
const SESSION_VIRTIOFS_SINCE = 10_000_000;

/** Whether folders of the host can be shared by virtiofs here. Folders of this machine are none of another host's. */
export function canShareFolders(caps: HostCapabilities, home: Home): boolean {
  return caps.virtiofs && !home.remote && (home.mode !== "session" || caps.libVersion >= SESSION_VIRTIOFS_SINCE);
}

/** Before, libvirtd itself ended when virtiofs was plugged into a running VM that has no cgroup (hosts without systemd, containers). */
const PLUGGED_WITHOUT_CGROUPS_SINCE = 9_001_000;

/** Whether such a folder can be plugged into a running VM, rather than be there from its next start on. */
export function canPlugFolders(caps: HostCapabilities): boolean {
  return caps.libVersion >= PLUGGED_WITHOUT_CGROUPS_SINCE || hasMachineCgroup("/sys/fs/cgroup");
}

/** Where libvirt puts its guests: at the top, or in each controller's tree. */
function hasMachineCgroup(root: string): boolean {
  const trees = [root, join(root, "cpu"), join(root, "memory")];
  return trees.some((tree) => existsSync(join(tree, "machine.slice")) || existsSync(join(tree, "machine")));
}

/** Whether guests can have a vsock here. Other hosts' devices cannot be looked at. */
export function hasVsock(home: Home): boolean {
  return home.driver === "qemu" && !home.remote && canUse("/dev/vhost-vsock", constants.R_OK | constants.W_OK);
}

function canUse(path: string, how: number): boolean {
  try {
    accessSync(path, how);
    return true;
  } catch {
    return false;
  }
}
