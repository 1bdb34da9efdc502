import { describe, expect, it } from "vitest";
import { readDomain } from "../../../src/host/domain-read.ts";

const LXC = `<domain type='lxc'><name>My VM</name><uuid>u</uuid><memory unit='KiB'>500000</memory><vcpu>1</vcpu>
  <os><type arch='x86_64'>exe</type><init>/bin/sh</init></os>
  <devices><filesystem type='mount'/><interface type='network'><source network='default'/></interface><console type='pty'/></devices></domain>`;
const XEN = `<domain type="xen" id="3"><name>x</name><memory>4194304</memory><os><type>linux</type></os><devices>
  <disk type="block" device="disk"><source dev="/dev/vg/x"/><target dev="xvda"/></disk>
  <disk type="file" device="cdrom"><target dev="hdc"/><readonly/></disk>
  <interface type="bridge"><mac address="00:16:3e:11:22:33"/><source bridge="xenbr0"/></interface></devices></domain>`;
const POOLED = `<domain type='kvm'><name>p</name><memory unit='G'>2</memory><os firmware='efi'><type arch='aarch64' machine='virt-8.0'>hvm</type></os><devices>
  <disk type='volume' device='disk'><driver type='raw'/><source pool='default' volume='a.img'/><target dev='vda'/></disk>
  <disk type='network' device='disk'><source protocol='rbd' name='pool/image'/><target dev='vdb'/></disk>
  <serial type='pty'><log file='/var/log/p.log' append='on'/></serial></devices></domain>`;

describe("definitions from the wild", () => {
  it("of a container: a name with a blank, no disks, no MAC", () => {
    expect(readDomain(LXC)).toEqual({
      name: "My VM",
      uuid: "u",
      type: "lxc",
      arch: "x86_64",
      machine: "",
      firmware: "bios",
      memoryBytes: 500_000 * 1024,
      vcpus: 1,
      hotVcpus: false,
      disks: [],
      interfaces: [{ mac: null, kind: "network", source: "default" }],
      forwards: [],
      consoleLog: null,
      hasAgent: false,
    });
  });

  it("of Xen: block devices, empty drives, sizes without a unit", () => {
    const facts = readDomain(XEN);
    expect(facts.memoryBytes).toBe(4 * 1024 ** 3);
    expect(facts.disks).toEqual([
      { target: "xvda", source: "/dev/vg/x", format: null, device: "disk", readonly: false },
      { target: "hdc", source: null, format: null, device: "cdrom", readonly: true },
    ]);
    expect(facts.interfaces).toEqual([{ mac: "00:16:3e:11:22:33", kind: "bridge", source: "xenbr0" }]);
  });

  it("of virt-manager: volumes, network disks, UEFI, other units", () => {
    const facts = readDomain(POOLED);
    expect(facts.disks.map(({ source }) => source)).toEqual(["default/a.img", "pool/image"]);
    expect(facts).toMatchObject({ firmware: "uefi", memoryBytes: 2 * 1024 ** 3, consoleLog: "/var/log/p.log" });
  });

  it("with nothing in it at all", () => {
    expect(readDomain("<domain/>")).toMatchObject({ name: "", type: "", disks: [], interfaces: [], memoryBytes: 0 });
  });

  it("is refused only when it is no XML", () => {
    expect(() => readDomain("<domain>")).toThrow(/The XML of a domain cannot be read/);
  });
});
