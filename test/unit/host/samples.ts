import { type MachineRecord, NO_UPKEEP } from "../../../src/core/machine/record.ts";
import type { DomainInput } from "../../../src/host/domain-xml.ts";

export const UUID = "0b1c7c0e-6d0e-4b0e-9a55-0a1a5b6c7d8e";
export const MAC = "52:54:00:6c:7d:8e";

export const record: MachineRecord = {
  ...NO_UPKEEP,
  schema: 1,
  revision: 0,
  state: "making",
  op: "op-1",
  createdAt: "2026-11-23T20:00:00.000Z",
  spec: {
    name: "web",
    image: "debian-13",
    cpus: 2,
    memoryMiB: 2048,
    diskBytes: 20 * 1024 ** 3,
    dataDiskBytes: [],
    engine: "docker",
    user: "ann",
    sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfAnn ann@desk"],
    network: { kind: "default" },
    publish: [],
    arch: "x86_64",
    accel: "auto",
    firmware: "auto",
    tpm: false,
    autostart: false,
    ephemeral: false,
  },
  image: null,
  pool: "hutch",
  volumes: ["web-0b1c7c0e.qcow2", "web-0b1c7c0e-seed.iso"],
  seedVolume: "web-0b1c7c0e-seed.iso",
  mac: MAC,
  address: null,
  forwards: [],
  hostKey: null,
  cloudInit: null,
  engine: null,
  accel: "kvm",
  trash: null,
  pending: [],
};

const system: DomainInput = {
  uuid: UUID,
  name: "web",
  type: "kvm",
  arch: "x86_64",
  cpus: 2,
  memoryMiB: 2048,
  room: { cpus: 8, memoryMiB: 16_384 },
  firmware: "bios",
  tpm: false,
  vsock: false,
  sharedMemory: false,
  disks: {
    root: "/var/lib/libvirt/images/hutch/web-0b1c7c0e.qcow2",
    seed: "/var/lib/libvirt/images/hutch/web-0b1c7c0e-seed.iso",
    data: [],
  },
  network: { kind: "network", network: "default" },
  mac: MAC,
  consoleLog: `/var/log/libvirt/qemu/hutch-${UUID}.console.log`,
  record,
};

const ssh = { protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 20_022, guestPort: 22 } as const;
const web = { protocol: "tcp", hostAddress: "0.0.0.0", hostPort: 8080, guestPort: 80 } as const;
const dns = { protocol: "udp", hostAddress: "127.0.0.1", hostPort: 5353, guestPort: 53 } as const;

const emulated: DomainInput = { ...system, type: "tcg", room: { cpus: 2, memoryMiB: 16_384 } };
const fixed = { cpus: 2, memoryMiB: null };

const session: DomainInput = {
  ...emulated,
  disks: {
    root: "/home/ann/.local/share/hutch/pool/web-0b1c7c0e.qcow2",
    seed: "/home/ann/.local/share/hutch/pool/web-0b1c7c0e-seed.iso",
    data: [],
  },
  network: { kind: "slirp", forwards: [ssh, web, dns] },
  consoleLog: `/home/ann/.cache/libvirt/qemu/log/hutch-${UUID}.console.log`,
};

/** One definition of each kind that hutch writes. */
export const INPUTS: Readonly<Record<string, DomainInput>> = {
  "system-kvm": system,
  "system-tcg": emulated,
  "session-slirp": session,
  "session-passt": { ...session, network: { kind: "passt", forwards: [ssh, web, dns] } },
  bridge: { ...system, network: { kind: "bridge", bridge: "br0" } },
  uefi: { ...system, firmware: "uefi", tpm: true, vsock: true },
  aarch64: { ...system, arch: "aarch64", room: { cpus: 8, memoryMiB: null }, firmware: "uefi", tpm: true },
  "later-cards": {
    ...system,
    cards: [
      { mac: "52:54:00:00:00:02", place: { kind: "network", network: "lab" } },
      { mac: "52:54:00:00:00:03", place: { kind: "bridge", bridge: "br0" } },
      { mac: "52:54:00:00:00:04", place: { kind: "user" } },
    ],
  },
  display: { ...emulated, display: true },
  "from-iso": {
    ...session,
    disks: { ...session.disks, seed: null },
    display: true,
    cdrom: "/home/ann/.local/share/hutch/pool/web-0b1c7c0e-install.iso",
  },
  "aarch64-from-iso": {
    ...system,
    arch: "aarch64",
    room: { cpus: 8, memoryMiB: null },
    firmware: "uefi",
    disks: { ...system.disks, seed: null },
    display: true,
    cdrom: "/pool/installer.iso",
  },
  "data-disks": {
    ...system,
    disks: { ...system.disks, data: ["/pool/web-data1.qcow2", "/pool/web-data2.qcow2"] },
  },
  "awkward-name": {
    ...system,
    name: `a<b>&"c"'d'`,
    disks: { root: `/pool/o'neil & "sons" <1>.qcow2`, seed: null, data: [] },
    record: { ...record, spec: { ...record.spec, name: `a<b>&"c"'d'`, sshKeys: ["two\nlines\u0007\uffff ]]>"] } },
  },
  test: { ...system, type: "test", room: fixed, consoleLog: null },
  "test-user": { ...system, type: "test", room: fixed, consoleLog: null, network: { kind: "slirp", forwards: [ssh] } },
};
