/** The definition of a VM for libvirt: a cloud guest on virtio, headless unless asked, as lean as its host allows. */
import type { MachineRecord } from "../core/machine/record.ts";
import type { Arch, PortForward } from "../core/machine/spec.ts";
import { displayDevices } from "./display.ts";
import { type CardPlace, card, cardXml } from "./network-card.ts";
import { recordElement } from "./records.ts";
import { slirpArguments } from "./slirp.ts";
import { el, render, type XmlChild, type XmlElement } from "./xml-emit.ts";

/** How its first card is plugged in. `slirp` and `passt` are user-mode networking, reached through their forwards. */
export type DomainNetwork =
  | { readonly kind: "slirp"; readonly forwards: readonly PortForward[] }
  | { readonly kind: "passt"; readonly forwards: readonly PortForward[] }
  | { readonly kind: "network"; readonly network: string }
  | { readonly kind: "bridge"; readonly bridge: string };

export type DomainInput = {
  readonly uuid: string;
  readonly name: string;
  /** What runs it: `test` is libvirt's own test driver. */
  readonly type: "kvm" | "tcg" | "test";
  readonly arch: Arch;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** The most that it may be given while it runs; memory is null where none can be plugged in. */
  readonly room: { readonly cpus: number; readonly memoryMiB: number | null };
  readonly firmware: "bios" | "uefi";
  readonly tpm: boolean;
  /** Only where the host has vhost-vsock. */
  readonly vsock: boolean;
  /** So that a folder can be shared by virtiofs later: the VM's memory cannot be made so while it exists. */
  readonly sharedMemory: boolean;
  /** Absolute paths, as the hypervisor's host sees them: qcow2 for root and data, raw for the seed. */
  readonly disks: { readonly root: string; readonly seed: string | null; readonly data: readonly string[] };
  readonly network: DomainNetwork;
  readonly mac: string;
  /** Cards beside the first. */
  readonly cards?: readonly { readonly place: CardPlace; readonly mac: string }[];
  /** A screen, on 127.0.0.1. */
  readonly display?: boolean;
  /** An image to install from, as the hypervisor's host sees it: booted from while the root disk has nothing to boot. */
  readonly cdrom?: string;
  /** Where the serial console is written to; null where the driver writes none. */
  readonly consoleLog: string | null;
  readonly record: MachineRecord;
};

/** Ports that stay free for devices plugged in later. */
const SPARE_PORTS = 6;
/** What emulation keeps of translated code; QEMU's own default of 1 GiB is as much as a small guest's memory. */
const TCG_CACHE_MIB = 512;
const QEMU_NAMESPACE = "http://libvirt.org/schemas/domain/qemu/1.0";

export function domainXml(input: DomainInput): string {
  // libvirt has no words for forwards through SLIRP, so QEMU gets that card by its own arguments.
  const slirp =
    input.type !== "test" && input.network.kind === "slirp" ? slirpArguments(input.mac, input.network.forwards) : null;
  const x86 = input.arch === "x86_64";
  return render(
    el(
      "domain",
      { type: input.type === "tcg" ? "qemu" : input.type, "xmlns:qemu": slirp === null ? undefined : QEMU_NAMESPACE },
      el("name", {}, input.name),
      el("uuid", {}, input.uuid),
      el("metadata", {}, recordElement(input.record)),
      input.room.memoryMiB === null ? null : el("maxMemory", { unit: "MiB", slots: 1 }, input.room.memoryMiB),
      el("memory", { unit: "MiB" }, input.memoryMiB),
      el("currentMemory", { unit: "MiB" }, input.memoryMiB),
      input.sharedMemory
        ? el("memoryBacking", {}, el("source", { type: "memfd" }), el("access", { mode: "shared" }))
        : null,
      virtualCpus(input),
      input.type === "kvm" ? el("iothreads", {}, 1) : null,
      // The hint that lets cloud-init go straight to the seed.
      input.disks.seed === null
        ? null
        : el("sysinfo", { type: "smbios" }, el("system", {}, el("entry", { name: "serial" }, "ds=nocloud"))),
      operatingSystem(input),
      el("features", {}, el("acpi"), x86 ? el("apic") : null, ...tcgFeatures(input)),
      ...processor(input),
      x86 ? clock() : el("clock", { offset: "utc" }),
      el("on_poweroff", {}, "destroy"),
      el("on_reboot", {}, "restart"),
      el("on_crash", {}, "destroy"),
      x86 ? el("pm", {}, el("suspend-to-mem", { enabled: "no" }), el("suspend-to-disk", { enabled: "no" })) : null,
      el("devices", {}, ...devices(input)),
      slirp === null ? null : el("qemu:commandline", {}, ...slirp.map((value) => el("qemu:arg", { value }))),
    ),
  );
}

function virtualCpus({ cpus, room }: DomainInput): XmlElement {
  return el("vcpu", { placement: "static", current: room.cpus === cpus ? undefined : cpus }, room.cpus);
}

function operatingSystem({ arch, firmware, disks: { seed } }: DomainInput): XmlElement {
  const machine = arch === "x86_64" ? "q35" : "virt";
  const uefi = firmware === "uefi";
  return el(
    "os",
    { firmware: uefi ? "efi" : undefined },
    el("type", { arch, machine }, "hvm"),
    // Without this libvirt may pick a firmware that boots signed kernels only.
    uefi ? el("firmware", {}, el("feature", { enabled: "no", name: "secure-boot" })) : null,
    seed === null ? null : el("smbios", { mode: "sysinfo" }),
  );
}

function tcgFeatures({ type }: DomainInput): readonly XmlElement[] {
  return type === "tcg" ? [el("tcg", {}, el("tb-cache", { unit: "MiB" }, TCG_CACHE_MIB))] : [];
}

function processor(input: DomainInput): readonly XmlElement[] {
  if (input.type === "test") return [];
  // Memory can be plugged into a node only.
  const { room } = input;
  const cell = { id: 0, cpus: room.cpus === 1 ? "0" : `0-${room.cpus - 1}`, memory: input.memoryMiB, unit: "MiB" };
  const nodes = room.memoryMiB === null ? null : el("numa", {}, el("cell", cell));
  return [
    input.type === "kvm"
      ? el("cpu", { mode: "host-passthrough", migratable: "on" }, nodes)
      : el("cpu", { mode: "maximum" }, nodes),
  ];
}

/** Ticks that a busy host missed are caught up, not dropped. */
function clock(): XmlElement {
  return el(
    "clock",
    { offset: "utc" },
    el("timer", { name: "rtc", tickpolicy: "catchup" }),
    el("timer", { name: "pit", tickpolicy: "delay" }),
    el("timer", { name: "hpet", present: "no" }),
  );
}

function devices(input: DomainInput): readonly XmlChild[] {
  const cards = [...networkCard(input), ...(input.cards ?? []).map(({ place, mac }) => cardXml(place, mac))];
  const display = input.display === true ? displayDevices(input.arch) : [];
  const plugged = [...disks(input), ...cards, ...optional(input), ...display];
  // Beside these: the console channel's controller, memory balloon and random numbers.
  const ports = plugged.length + 3 + SPARE_PORTS;
  return [
    ...disks(input),
    el("controller", { type: "pci", model: "pcie-root" }),
    ...Array.from({ length: ports }, () => el("controller", { type: "pci", model: "pcie-root-port" })),
    el("controller", { type: "usb", model: "none" }),
    ...cards,
    ...serialConsole(input),
    el("channel", { type: "unix" }, el("target", { type: "virtio", name: "org.qemu.guest_agent.0" })),
    ...optional(input),
    ...display,
    el("memballoon", { model: "virtio", autodeflate: "on", freePageReporting: "on" }, el("stats", { period: 10 })),
    el("rng", { model: "virtio" }, el("backend", { model: "random" }, "/dev/urandom")),
  ];
}

/** Root first, then the seed, then data disks: vda, vdb, vdc… */
function disks({ type, arch, cdrom, disks: { root, seed, data } }: DomainInput): readonly XmlElement[] {
  const iothread = type === "kvm";
  return [
    writableDisk({ file: root, target: "vda", serial: "hutch-root", iothread, boot: true }),
    ...(seed === null ? [] : [seedDisk(seed)]),
    ...data.map((file, index) =>
      writableDisk({ file, target: dataTarget(index), serial: `hutch-data${index + 1}`, iothread }),
    ),
    ...(cdrom === undefined ? [] : [installDrive(cdrom, arch)]),
  ];
}

/** Where the data disk of this place goes, from 0: vdc, vdd… */
export function dataTarget(index: number): string {
  return `vd${String.fromCharCode("c".charCodeAt(0) + index)}`;
}

/** `iothread` needs one in the definition. */
export function writableDisk({
  file,
  target,
  serial,
  iothread,
  boot = false,
}: {
  readonly file: string;
  readonly target: string;
  readonly serial: string;
  readonly iothread: boolean;
  readonly boot?: boolean;
}): XmlElement {
  return el(
    "disk",
    { type: "file", device: "disk" },
    el("driver", {
      name: "qemu",
      type: "qcow2",
      discard: "unmap",
      detect_zeroes: "unmap",
      iothread: iothread ? 1 : undefined,
    }),
    el("source", { file }),
    el("target", { dev: target, bus: "virtio" }),
    el("serial", {}, serial),
    boot ? el("boot", { order: 1 }) : null,
  );
}

/** A virtio disk, not a CD-ROM: cloud kernels often have no driver for the latter. */
function seedDisk(file: string): XmlElement {
  return el(
    "disk",
    { type: "file", device: "disk" },
    el("driver", { name: "qemu", type: "raw" }),
    el("source", { file }),
    el("target", { dev: "vdb", bus: "virtio" }),
    el("readonly"),
    el("serial", {}, "cidata"),
  );
}

/**
 * After the root disk: once that has something to boot, the drive is passed over. Its image may be gone at a later start.
 */
function installDrive(file: string, arch: Arch): XmlElement {
  return el(
    "disk",
    { type: "file", device: "cdrom" },
    el("driver", { name: "qemu", type: "raw" }),
    el("source", { file, startupPolicy: "optional" }),
    // Installers know both; the machine type of arm has no SATA.
    el("target", { dev: "sda", bus: arch === "x86_64" ? "sata" : "scsi" }),
    el("readonly"),
    el("boot", { order: 2 }),
  );
}

function networkCard({ type, network, mac }: DomainInput): readonly XmlElement[] {
  switch (network.kind) {
    case "slirp":
      return type === "test" ? [card("user", mac)] : [];
    case "passt":
      return [card("user", mac, ...network.forwards.map(portForward), el("backend", { type: "passt" }))];
    case "network":
    case "bridge":
      return [cardXml(network, mac)];
  }
}

export function portForward({ protocol, hostAddress, hostPort, guestPort }: PortForward): XmlElement {
  return el("portForward", { proto: protocol, address: hostAddress }, el("range", { start: hostPort, to: guestPort }));
}

function serialConsole({ consoleLog }: DomainInput): readonly XmlElement[] {
  return [
    // Begun anew at each start: what it holds is this boot.
    el(
      "serial",
      { type: "pty" },
      consoleLog === null ? null : el("log", { file: consoleLog, append: "off" }),
      el("target", { port: 0 }),
    ),
    el("console", { type: "pty" }, el("target", { type: "serial", port: 0 })),
  ];
}

function optional({ arch, tpm, vsock }: DomainInput): readonly XmlElement[] {
  return [
    ...(tpm
      ? [
          el(
            "tpm",
            { model: arch === "x86_64" ? "tpm-crb" : "tpm-tis" },
            el("backend", { type: "emulator", version: "2.0" }),
          ),
        ]
      : []),
    ...(vsock ? [el("vsock", { model: "virtio" }, el("cid", { auto: "yes" }))] : []),
  ];
}
