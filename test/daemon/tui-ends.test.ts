import { expect, it } from "vitest";
import { HUTCH, startSystemLane } from "../support/lane.ts";
import { Session } from "../tui/session.ts";

it("leaves the terminal and ends when its libvirt does not answer any more", async () => {
  await using lane = await startSystemLane();
  const [command = "", ...before] = lane.enter;
  using session = new Session(command, [...before, ...HUTCH, "ui", "--connect", "qemu:///system"], { env: lane.env });
  await session.shows("There are no VMs here yet.");
  const { stdout } = await lane.exec(["cat", "/run/libvirt/libvirtd.pid"]);
  await lane.exec(["kill", "-STOP", stdout.trim()]);
  try {
    // A sample is asked for in this time, and not answered.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const began = performance.now();
    session.pty.write("q");
    expect(await session.exit).toMatchObject({ exitCode: 0 });
    expect(performance.now() - began).toBeLessThan(20_000);
    session.expectRestored();
  } finally {
    await lane.exec(["kill", "-CONT", stdout.trim()]);
  }
});
