import { describe, expect, it } from "vitest";
import type { FunctionName } from "../../ffi/generated/functions.gen.ts";
import { FUNCTIONS } from "../../ffi/generated/functions.gen.ts";
import { LIBRARY_NAMES, Library } from "../../ffi/native/library.ts";

describe("binding", () => {
  it("finds every function of the allow-list in this machine's libvirt", () => {
    const library = new Library(LIBRARY_NAMES);
    const names = Object.keys(FUNCTIONS) as FunctionName[];
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => typeof library.bind(name) !== "function")).toEqual([]);
  });

  it("says which libvirt is needed when a function is missing", () => {
    const library = new Library({ libvirt: "libc.so.6", "libvirt-qemu": "libc.so.6" });
    expect(() => library.bind("virDomainGetMessages")).toThrow(
      expect.objectContaining({
        kind: "no-symbol",
        fn: "virDomainGetMessages",
        message: expect.stringContaining("7.1.0"),
      }),
    );
  });

  it("names the package to install when the library is missing", () => {
    const library = new Library({ libvirt: "libvirt-is-not-here.so.0", "libvirt-qemu": "libvirt-qemu.so.0" });
    expect(() => library.bind("virConnectOpen")).toThrow(
      expect.objectContaining({
        kind: "no-library",
        message: expect.stringMatching(/libvirt-is-not-here.*libvirt0.*libvirt-libs.*Arch: libvirt/),
      }),
    );
  });
});
