import { stringify } from "yaml";
import type { DebianMirror } from "./apt-sources.ts";
import { ROOT_LABEL } from "./disk-layout.ts";

const KERNEL_ARGUMENTS = [
  `root=LABEL=${ROOT_LABEL}`,
  "ro",
  "net.ifnames=0",
  "consoleblank=0",
  "console=tty0",
  "console=ttyS0,115200",
];

/** A boot configuration that outlives kernel upgrades: Debian keeps `/vmlinuz` and `/initrd.img` on the newest kernel. */
const GRUB_CONFIG = [
  "set timeout=0",
  "serial --unit=0 --speed=115200",
  "terminal_input serial console",
  "terminal_output serial console",
  "menuentry 'Debian' {",
  `  linux /vmlinuz ${KERNEL_ARGUMENTS.join(" ")}`,
  "  initrd /initrd.img",
  "}",
];

/**
 * What cloud-init is told by the image itself. Only the two datasources that a seed needs are probed; the locale is one that
 * exists without the `locales` package; the package sources stay those of the image, unless user-data asks for others with
 * `apt: {preserve_sources_list: false}`.
 */
const CLOUD_CONFIG = {
  datasource_list: ["NoCloud", "None"],
  locale: "C.UTF-8",
  apt: { preserve_sources_list: true },
};

/** The apt sources of a release, in apt's deb822 form. */
export function aptSources(suite: string, mirror: DebianMirror): string {
  const paragraph = (uri: string, suites: readonly string[]): string =>
    [
      "Types: deb",
      `URIs: ${uri}`,
      `Suites: ${suites.join(" ")}`,
      "Components: main",
      "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
      "",
    ].join("\n");
  return [
    paragraph(mirror.archive, [suite, `${suite}-updates`]),
    paragraph(mirror.security, [`${suite}-security`]),
  ].join("\n");
}

/** Files that a built image has beside its packages, by their path in the guest. */
export function rootFiles(suite: string, mirror: DebianMirror): ReadonlyMap<string, string> {
  const lines = (...text: readonly string[]): string => `${text.join("\n")}\n`;
  return new Map([
    ["etc/apt/sources.list.d/debian.sources", aptSources(suite, mirror)],
    ["etc/cloud/cloud.cfg.d/99_image.cfg", stringify(CLOUD_CONFIG)],
    ["etc/default/locale", lines("LANG=C.UTF-8")],
    ["etc/fstab", lines(`LABEL=${ROOT_LABEL} / ext4 defaults,discard,errors=remount-ro 0 1`)],
    ["etc/hosts", lines("127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback")],
    ["boot/grub/grub.cfg", lines(...GRUB_CONFIG)],
  ]);
}
