import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isIpv4, isIpv6 } from "../../../src/core/address-syntax.ts";
import { isHutchError } from "../../../src/core/errors.ts";
import { formatForward, parseForward } from "../../../src/core/forward-syntax.ts";
import { parseNetwork } from "../../../src/core/network-syntax.ts";

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!isHutchError(error) || error.code !== "E_USAGE") throw error;
    return `${error.message} ${error.next.join(" ")}`;
  }
  throw new Error("it was accepted");
}

describe("addresses", () => {
  it.each(["0.0.0.0", "192.168.1.20", "255.255.255.255"])("knows %s", (text) => expect(isIpv4(text)).toBe(true));
  it.each(["", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", "a.b.c.d"])("refuses %j", (text) =>
    expect(isIpv4(text)).toBe(false),
  );
  it.each(["::", "::1", "fe80::1", "2001:db8:0:0:0:0:0:1"])("knows %s", (text) => expect(isIpv6(text)).toBe(true));
  it.each(["", ":", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "g::"])("refuses %j", (text) =>
    expect(isIpv6(text)).toBe(false),
  );
});

describe("published ports", () => {
  it.each([
    ["8080:80", { protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 8080, guestPort: 80 }],
    ["8080", { protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 8080, guestPort: 8080 }],
    ["53:53/udp", { protocol: "udp", hostAddress: "127.0.0.1", hostPort: 53, guestPort: 53 }],
    ["0.0.0.0:8080:80/tcp", { protocol: "tcp", hostAddress: "0.0.0.0", hostPort: 8080, guestPort: 80 }],
    ["[::1]:8080:80", { protocol: "tcp", hostAddress: "::1", hostPort: 8080, guestPort: 80 }],
  ])("reads %s", (text, forward) => {
    expect(parseForward(text)).toEqual(forward);
  });

  it.each([
    "",
    ":",
    "80:",
    ":80",
    "0:80",
    "65536:80",
    "80:80/icmp",
    "80/tcp/udp",
    "a:b",
    "1.2.3:80:80",
    "::1:80:80",
    "-1",
    "80 80",
    "1:2:3:4",
  ])("refuses %j with a right example", (text) => {
    const said = refusal(() => parseForward(text));
    expect(said).toContain("--publish");
    expect(said).toContain("8080:80");
  });

  it("reads what it writes", () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const forward = fc.record({
      protocol: fc.constantFrom("tcp" as const, "udp" as const),
      hostAddress: fc.oneof(fc.ipV4(), fc.constant("::1")),
      hostPort: port,
      guestPort: port,
    });
    fc.assert(
      fc.property(forward, (value) => {
        expect(parseForward(formatForward(value))).toEqual(value);
      }),
    );
  });
});

describe("networks", () => {
  it.each([
    ["default", { kind: "default" }],
    ["user", { kind: "user" }],
    ["network=lab", { kind: "network", network: "lab" }],
    ["network=lab,ip=10.0.0.5", { kind: "network", network: "lab", address: "10.0.0.5" }],
    ["bridge=br0", { kind: "bridge", bridge: "br0" }],
    [
      "bridge=br0,ip=192.168.1.20/24,gw=192.168.1.1,dns=192.168.1.1,dns=9.9.9.9",
      {
        kind: "bridge",
        bridge: "br0",
        address: "192.168.1.20/24",
        gateway: "192.168.1.1",
        nameservers: ["192.168.1.1", "9.9.9.9"],
      },
    ],
  ])("reads %s", (text, spec) => {
    expect(parseNetwork(text)).toEqual(spec);
  });

  it.each([
    ["", "not known"],
    ["br0", "not known"],
    ["brige=br0", 'Did you mean "bridge"?'],
    ["bridge=", "needs a value"],
    ["ip=10.0.0.1/24", "neither a bridge nor a network"],
    ["bridge=br0,network=lab", "not on both"],
    ["bridge=br0,bridge=br1", "given twice"],
    ["bridge=../x", "cannot be the name"],
    ["bridge=br0,ip=192.168.1.20", "prefix"],
    ["bridge=br0,ip=192.168.1.20/33", "prefix"],
    ["bridge=br0,ip=192.168.1.300/24", "prefix"],
    ["bridge=br0,gw=192.168.1.1", "static ip"],
    ["bridge=br0,ip=192.168.1.20/24,gw=router", "no IP address"],
    ["network=lab,ip=10.0.0.5/24", "without a prefix"],
    ["network=lab,dns=1.1.1.1", "for bridges"],
  ])("refuses %j and says why", (text, why) => {
    const said = refusal(() => parseNetwork(text));
    expect(said).toContain("--network");
    expect(said).toContain(why);
    expect(said).toContain("bridge=br0,ip=192.168.1.20/24");
  });
});
