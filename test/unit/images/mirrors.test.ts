import { describe, expect, it } from "vitest";
import { type CatalogueEntry, findImage, isMirror, MIRROR_NAMES } from "../../../images/index.ts";
import { onMirror } from "../../../images/mirrors.ts";

function entry(name: string): CatalogueEntry {
  const found = findImage(name);
  if ("suggestions" in found) throw new Error(`the catalogue has no ${name}`);
  return found;
}

describe("a mirror", () => {
  it("has the publisher's folders in places of its own", () => {
    expect(onMirror(entry("debian-13"), "ustc").images.x86_64?.latest).toBe(
      "https://mirrors.ustc.edu.cn/debian-cdimage/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2",
    );
  });

  it("that is an address stands for scheme and host", () => {
    expect(onMirror(entry("debian-13"), "https://mirror.example/clouds/").images.aarch64?.latest).toBe(
      "https://mirror.example/clouds/images/cloud/trixie/latest/debian-13-genericcloud-arm64.qcow2",
    );
  });

  it("that does not carry a distribution is refused, and those that do are named", () => {
    expect(() => onMirror(entry("debian-13"), "tuna")).toThrow(
      expect.objectContaining({
        kind: "unsupported",
        message: expect.stringContaining("not known to carry Debian 13"),
        next: expect.arrayContaining(["--mirror ustc"]),
      }),
    );
  });

  it("that nobody knows is refused with those that there are", () => {
    expect(() => onMirror(entry("debian-13"), "tsinghua")).toThrow(
      expect.objectContaining({ kind: "unsupported", why: expect.stringContaining("tuna, ustc, aliyun") }),
    );
    expect([...MIRROR_NAMES, "http://a.example", "a.example"].map(isMirror)).toEqual([true, true, true, true, false]);
  });
});
