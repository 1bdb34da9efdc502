import { describe, expect, it } from "vitest";
import { isLibvirtFault, LibvirtFault, ownFault, toWireFault } from "../../../ffi/fault.ts";
import type { WireFault } from "../../../ffi/wire/protocol.ts";

const WIRE: WireFault = {
  kind: "libvirt",
  code: 42,
  domain: 10,
  level: 2,
  errno: 0,
  fn: "virDomainLookupByName",
  message: "Domain not found",
};

describe("LibvirtFault", () => {
  it("crosses a thread and comes back the same", () => {
    const there = structuredClone(toWireFault(new LibvirtFault(WIRE), "domain.lookup"));
    expect(there).toEqual(WIRE);
    const back = new LibvirtFault(there);
    expect(back).toMatchObject(WIRE);
    expect(isLibvirtFault(back)).toBe(true);
  });

  it("is known by its brand, not by its class", () => {
    const foreign = { [Symbol.for("hutch.LibvirtFault")]: true };
    expect(isLibvirtFault(foreign)).toBe(true);
    expect(isLibvirtFault(new Error("no"))).toBe(false);
    expect(isLibvirtFault(null)).toBe(false);
  });

  it("makes a bug of what is no fault, and keeps where it came from", () => {
    const wire = toWireFault(new RangeError("out"), "domain.list");
    expect(wire).toMatchObject({ kind: "bug", code: 0, fn: "domain.list" });
    expect(wire.message).toContain("fault.test.ts");
  });

  it("keeps the cause of our own faults", () => {
    const cause = new Error("why");
    expect(ownFault("lost", "virStreamSend", "gone", { cause })).toMatchObject({ kind: "lost", code: 0, cause });
  });
});
