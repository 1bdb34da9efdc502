import { describe, expect, it } from "vitest";
import { formatIpv4, parseIpv4, subnetOf } from "../../../src/host/ipv4.ts";

describe("IPv4", () => {
  it.each(["0.0.0.0", "192.168.122.1", "255.255.255.255"])("%s there and back", (text) => {
    expect(formatIpv4(parseIpv4(text) ?? Number.NaN)).toBe(text);
  });

  it.each(["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "a.b.c.d", "::1", "1.2.3.4/24"])("%s is none", (text) => {
    expect(parseIpv4(text)).toBeNull();
  });

  it("knows a subnet by netmask or prefix, without its ends", () => {
    const expected = {
      first: parseIpv4("192.168.122.1"),
      last: parseIpv4("192.168.122.254"),
      gateway: parseIpv4("192.168.122.1"),
    };
    expect(subnetOf("192.168.122.1", "255.255.255.0", null)).toEqual(expected);
    expect(subnetOf("192.168.122.1", null, "24")).toEqual(expected);
    expect(subnetOf("200.0.0.1", null, "8")?.last).toBe(parseIpv4("200.255.255.254"));
  });

  it("knows none without room for guests", () => {
    expect(subnetOf("10.0.0.1", null, "31")).toBeNull();
    expect(subnetOf("10.0.0.1", null, null)).toBeNull();
    expect(subnetOf(null, "255.255.255.0", null)).toBeNull();
    expect(subnetOf("fd00::1", null, "64")).toBeNull();
  });
});
