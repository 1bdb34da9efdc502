import { describe, expect, it } from "vitest";
import { consoleLine } from "../../../src/host/console-line.ts";

const domain = (arch: string, devices: string) =>
  `<domain><os><type arch="${arch}">hvm</type></os><devices>${devices}</devices></domain>`;
const agent = (state: string) =>
  `<channel type="unix"><target type="virtio" name="org.qemu.guest_agent.0"${state}/></channel>`;

describe("the console's line", () => {
  it.each([
    ["x86_64", '<serial/><console type="pty"><target type="serial" port="0"/></console>', "/dev/ttyS0"],
    ["riscv64", '<console type="pty"><target type="serial" port="0"/></console>', "/dev/ttyS0"],
    ["aarch64", '<console type="pty"><target type="serial" port="0"/></console>', "/dev/ttyAMA0"],
    ["ppc64le", '<console type="pty"><target type="serial" port="0"/></console>', "/dev/hvc0"],
    ["s390x", '<console type="pty"><target type="sclp" port="0"/></console>', "/dev/ttysclp0"],
    ["x86_64", '<console type="pty"><target type="virtio" port="1"/></console>', "/dev/hvc1"],
    ["x86_64", '<serial type="pty"><target type="isa-serial" port="0"/></serial>', "/dev/ttyS0"],
    ["x86_64", '<console type="pty"><target type="uml" port="0"/></console>', null],
    ["x86_64", "", null],
  ])("of %s with %s is %s in its guest", (arch, devices, tty) => {
    expect(consoleLine(domain(arch, devices)).tty).toBe(tty);
  });

  it("is asked about through an agent only where one is connected", () => {
    expect(consoleLine(domain("x86_64", agent(' state="connected"'))).hasAgent).toBe(true);
    for (const state of ["", ' state="disconnected"'])
      expect(consoleLine(domain("x86_64", agent(state))).hasAgent).toBe(false);
  });
});
