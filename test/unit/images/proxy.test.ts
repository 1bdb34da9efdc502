import { describe, expect, it } from "vitest";
import { proxyFor, withoutSecrets } from "../../../images/proxy.ts";

const through = (address: string, env: Readonly<Record<string, string>>) => proxyFor(new URL(address), env)?.host;

describe("the proxy of the environment", () => {
  it.each([
    ["http://a.example/", { http_proxy: "http://p:1" }, "p:1"],
    ["http://a.example/", { HTTP_PROXY: "http://p:1" }, "p:1"],
    ["http://a.example/", { http_proxy: "http://low:1", HTTP_PROXY: "http://up:1" }, "low:1"],
    ["http://a.example/", { http_proxy: "p:3128" }, "p:3128"],
    ["https://a.example/", { http_proxy: "http://p:1" }, undefined],
    ["https://a.example/", { https_proxy: "http://p:1" }, "p:1"],
    ["https://a.example/", { HTTPS_PROXY: "http://p:1" }, "p:1"],
    ["https://a.example/", { ALL_PROXY: "http://p:1" }, "p:1"],
    ["https://a.example/", { https_proxy: "", all_proxy: "" }, undefined],
  ])("%s %j -> %s", (address, env, host) => expect(through(address, env)).toBe(host));

  it.each([
    ["a.example", "a.example", true],
    ["a.example", ".example", true],
    ["a.example", "*.example", true],
    ["a.example", "example", true],
    ["anexample", "example", false],
    ["a.example", "b.example,  A.EXAMPLE", true],
    ["a.example", "*", true],
    ["a.example", "a.example:443", true],
    ["a.example", "a.example:80", false],
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["10.1.2.3", "10.0.0.0/99", false],
    ["10.1.2.3", "1.2.3", false],
    ["[fd00::1]", "fd00::/8", true],
    ["[fd00::1]", "[fd00::1]", true],
    ["a.example", "", false],
  ])("%s with no_proxy=%s: gone around %s", (host, noProxy, isAround) => {
    const env = { https_proxy: "http://p:1", NO_PROXY: noProxy };
    expect(through(`https://${host}/`, env) === undefined).toBe(isAround);
  });

  it("of another kind is refused, its password untold", () => {
    expect(() => through("http://a.example/", { http_proxy: "socks5://ann:secret@p:1080" })).toThrow(
      expect.objectContaining({ kind: "unsupported", message: expect.not.stringContaining("secret") }),
    );
  });
});

describe("an address that is shown", () => {
  it.each([
    ["https://ann:secret@host/x", "https://host/x"],
    ["https://host/x?X-Signature=abc", "https://host/x?…"],
    ["https://host/a@b", "https://host/a@b"],
    ["https://ann:p@ss@host/x", "https://host/x"],
    ["https://host?to=a@b", "https://host?…"],
  ])("%s -> %s", (address, shown) => expect(withoutSecrets(address)).toBe(shown));
});
