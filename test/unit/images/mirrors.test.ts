import { describe, expect, it } from "vitest";
import { isMirror, MIRROR_NAMES } from "../../../images/index.ts";
import { addressOn, assertCarried, assertMirror } from "../../../images/mirrors.ts";

const DEBIAN = "https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2";

describe("a mirror", () => {
  it.each([
    [
      DEBIAN,
      "ustc",
      "https://mirrors.ustc.edu.cn/debian-cdimage/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2",
    ],
    [
      "https://cloud-images.ubuntu.com/releases/noble/release/a.img",
      "ustc",
      "https://mirrors.ustc.edu.cn/ubuntu-cloud-images/releases/noble/release/a.img",
    ],
    [
      "https://download.fedoraproject.org/pub/fedora/linux/releases/44/Cloud/x86_64/images/a.qcow2",
      "aliyun",
      "https://mirrors.aliyun.com/fedora/releases/44/Cloud/x86_64/images/a.qcow2",
    ],
    [
      "https://geo.mirror.pkgbuild.com/images/latest/Arch-Linux-x86_64-cloudimg.qcow2",
      "tuna",
      "https://mirrors.tuna.tsinghua.edu.cn/archlinux/images/latest/Arch-Linux-x86_64-cloudimg.qcow2",
    ],
  ])("has %s in a place of its own: %s", (address, mirror, place) => {
    expect(addressOn(mirror, address)).toBe(place);
    expect(() => assertCarried(mirror, "it", ["https://elsewhere.example/index", address])).not.toThrow();
  });

  it("that is an address stands for scheme and host", () => {
    expect(addressOn("https://mirror.example/clouds/", DEBIAN)).toBe(
      "https://mirror.example/clouds/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2",
    );
  });

  it("that does not carry a distribution is refused, and those that do are named", () => {
    expect(() => assertCarried("tuna", "Debian 13", [DEBIAN])).toThrow(
      expect.objectContaining({
        kind: "unsupported",
        message: expect.stringContaining("not known to carry Debian 13"),
        next: ["Give one that carries it: --mirror ustc", expect.stringContaining("one that you know")],
      }),
    );
  });

  it("that nobody knows is refused with those that there are", () => {
    expect(() => assertMirror("tsinghua")).toThrow(
      expect.objectContaining({ kind: "malformed", why: expect.stringContaining("tuna, ustc, aliyun") }),
    );
    expect([...MIRROR_NAMES, "http://a.example", "a.example"].map(isMirror)).toEqual([true, true, true, true, false]);
  });
});
