import { describe, expect, it } from "vitest";
import { formatCidr, freeCidr, overlap, parseCidr, routesIn } from "../../../src/host/subnets.ts";

describe("subnets", () => {
  it.each([
    ["192.168.150.0/24", "192.168.150.0/24"],
    ["192.168.150.7/24", "192.168.150.0/24"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["172.31.255.248/29", "172.31.255.248/29"],
  ])("reads %s as %s", (text, meant) => {
    expect(formatCidr(parseCidr(text))).toBe(meant);
  });

  it.each([
    "",
    "192.168.1.0",
    "192.168.1.0/",
    "192.168.1.0/30",
    "192.168.1.0/7",
    "300.1.1.1/24",
    "a/24",
    "8.8.8.0/24",
    "10.0.0.0/8/8",
    "192.168.0.0/15",
    "fd00::/64",
  ])("refuses %j", (text) => {
    expect(() => parseCidr(text)).toThrow(
      expect.objectContaining({ code: "E_USAGE", message: expect.stringContaining("--subnet") }),
    );
  });

  it.each([
    ["10.0.0.0/8", "10.173.44.0/24", true],
    ["192.168.1.0/24", "192.168.1.128/25", true],
    ["192.168.1.0/25", "192.168.1.128/25", false],
    ["192.168.1.0/24", "192.168.2.0/24", false],
  ])("%s and %s overlap: %s", (a, b, expected) => {
    expect(overlap(parseCidr(a), parseCidr(b))).toBe(expected);
    expect(overlap(parseCidr(b), parseCidr(a))).toBe(expected);
  });

  it("finds a free one, or none", () => {
    const taken = (...texts: string[]) => texts.map((text) => ({ cidr: parseCidr(text), by: "" }));
    expect(freeCidr([])).toEqual(parseCidr("192.168.123.0/24"));
    expect(freeCidr(taken("192.168.123.0/24", "192.168.124.128/25"))).toEqual(parseCidr("192.168.125.0/24"));
    expect(freeCidr(taken("192.168.0.0/16"))).toEqual(parseCidr("10.173.0.0/24"));
    expect(freeCidr(taken("192.168.0.0/16", "10.0.0.0/8"))).toBeNull();
  });

  it("reads the kernel's routes, but for the default one", () => {
    const text = [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
      "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
      "",
    ].join("\n");
    expect(routesIn(text).map(({ cidr, by }) => [formatCidr(cidr), by])).toEqual([
      ["192.168.1.0/24", "a route of this host over eth0"],
      ["172.17.0.0/16", "a route of this host over docker0"],
    ]);
  });
});
