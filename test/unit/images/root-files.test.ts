import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { mirrorAt } from "../../../images/build/apt-sources.ts";
import { ROOT_LABEL } from "../../../images/build/disk-layout.ts";
import { rootFiles } from "../../../images/build/root-files.ts";

const files = rootFiles("trixie", mirrorAt("http://mirror.example/debian"));
const text = (path: string): string => files.get(path) ?? "missing";

describe("the files of a built image", () => {
  it("mount and boot the root file system by its label", () => {
    expect(text("etc/fstab")).toMatch(new RegExp(`^LABEL=${ROOT_LABEL} / ext4 `));
    expect(text("boot/grub/grub.cfg")).toContain(`linux /vmlinuz root=LABEL=${ROOT_LABEL} ro net.ifnames=0`);
  });

  it("send the kernel's words to the serial port last, so that it is the console", () => {
    expect(text("boot/grub/grub.cfg")).toMatch(/console=tty0 console=ttyS0,115200\n/);
  });

  it("tell cloud-init where to look and which locale there is", () => {
    expect(parse(text("etc/cloud/cloud.cfg.d/99_image.cfg"))).toEqual({
      datasource_list: ["NoCloud", "None"],
      locale: "C.UTF-8",
      apt: { preserve_sources_list: true },
    });
    expect(text("etc/default/locale")).toBe("LANG=C.UTF-8\n");
  });

  it("take packages and security updates from the mirror that built it", () => {
    const sources = text("etc/apt/sources.list.d/debian.sources");
    expect(sources).toContain("URIs: http://mirror.example/debian\nSuites: trixie trixie-updates\n");
    expect(sources).toContain("URIs: http://mirror.example/debian-security\nSuites: trixie-security\n");
  });
});
