import { ImageError } from "./errors.ts";

/** A public mirror, and which of the publishers' folders it has where. */
type Mirror = { readonly title: string; readonly folders: Readonly<Record<string, string>> };

const UBUNTU = "https://cloud-images.ubuntu.com/";
const DEBIAN = "https://cloud.debian.org/images/cloud/";
const FEDORA = [
  "https://download.fedoraproject.org/pub/fedora/linux/",
  "https://dl.fedoraproject.org/pub/fedora/linux/",
];
const ROCKY = "https://dl.rockylinux.org/pub/rocky/";
const ALMA = "https://repo.almalinux.org/almalinux/";
const ARCH = "https://geo.mirror.pkgbuild.com/";
const ALPINE = "https://dl-cdn.alpinelinux.org/alpine/";
const FREEBSD = "https://download.freebsd.org/ftp/releases/";

const fedoraAt = (place: string): Readonly<Record<string, string>> =>
  Object.fromEntries(FEDORA.map((folder) => [folder, place]));

/** Only what is known to be there: a guess would be a 404 in the middle of a launch. */
const MIRRORS: Readonly<Record<string, Mirror>> = {
  tuna: {
    title: "Tsinghua University (TUNA)",
    folders: {
      ...fedoraAt("https://mirrors.tuna.tsinghua.edu.cn/fedora/"),
      [ARCH]: "https://mirrors.tuna.tsinghua.edu.cn/archlinux/",
      [ALPINE]: "https://mirrors.tuna.tsinghua.edu.cn/alpine/",
    },
  },
  ustc: {
    title: "the University of Science and Technology of China (USTC)",
    folders: {
      [UBUNTU]: "https://mirrors.ustc.edu.cn/ubuntu-cloud-images/",
      [DEBIAN]: "https://mirrors.ustc.edu.cn/debian-cdimage/cloud/",
      ...fedoraAt("https://mirrors.ustc.edu.cn/fedora/"),
      [ROCKY]: "https://mirrors.ustc.edu.cn/rocky/",
      [ARCH]: "https://mirrors.ustc.edu.cn/archlinux/",
      [ALPINE]: "https://mirrors.ustc.edu.cn/alpine/",
    },
  },
  aliyun: {
    title: "Alibaba Cloud",
    folders: {
      ...fedoraAt("https://mirrors.aliyun.com/fedora/"),
      [ALMA]: "https://mirrors.aliyun.com/almalinux/",
      [ARCH]: "https://mirrors.aliyun.com/archlinux/",
      [ALPINE]: "https://mirrors.aliyun.com/alpine/",
      [FREEBSD]: "https://mirrors.aliyun.com/freebsd/releases/",
    },
  },
};

export const MIRROR_NAMES: readonly string[] = Object.keys(MIRRORS);

/** Whether this names a mirror: one of the known, or a web address. */
export function isMirror(word: string): boolean {
  return MIRROR_NAMES.includes(word) || /^https?:\/\/[^\s/]+/.test(word);
}

/**
 * Where an address of a publisher's is on a mirror: in the folder that a known one has for it, or with an address in the
 * place of scheme and host. What a known mirror does not carry stays where it is.
 */
export function addressOn(mirror: string, address: string): string {
  const known = MIRRORS[mirror];
  if (known === undefined) return mirror.replace(/\/+$/, "") + new URL(address).pathname;
  const [from, to] = Object.entries(known.folders).find(([folder]) => address.startsWith(folder)) ?? [];
  return from === undefined ? address : `${to}${address.slice(from.length)}`;
}

/** Fails with `malformed` for what names no mirror. */
export function assertMirror(mirror: string): void {
  if (isMirror(mirror)) return;
  throw new ImageError("malformed", `There is no mirror "${mirror}".`, {
    why: `hutch knows ${MIRROR_NAMES.join(", ")}, and takes an address.`,
    next: [`Write it like --mirror ${MIRROR_NAMES[0]}`],
  });
}

/** Fails with `unsupported` when a known mirror has none of the publisher's addresses of an image. */
export function assertCarried(mirror: string, title: string, addresses: readonly string[]): void {
  const carries = (name: string): boolean => addresses.some((address) => addressOn(name, address) !== address);
  const known = MIRRORS[mirror];
  if (known === undefined || carries(mirror)) return;
  const carriers = MIRROR_NAMES.filter(carries);
  throw new ImageError("unsupported", `The mirror ${mirror}, of ${known.title}, is not known to carry ${title}.`, {
    next: [
      ...carriers.map((name) => `Give one that carries it: --mirror ${name}`),
      "Give the address of one that you know: --mirror https://…",
    ],
  });
}
