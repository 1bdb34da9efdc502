import { access } from "node:fs/promises";
import { join } from "node:path";
import { ImageError } from "../errors.ts";
import { PROGRAM_PATH } from "../process.ts";

export const GRUB_BIOS_FOLDER = "/usr/lib/grub/i386-pc";
export const GRUB_EFI_FOLDER = "/usr/lib/grub/x86_64-efi";

type Tool = { readonly what: string; readonly debianPackage: string; readonly paths: readonly string[] };

const program = (name: string, debianPackage: string): Tool => ({
  what: name,
  debianPackage,
  paths: PROGRAM_PATH.flatMap((part) => part.split(":")).map((folder) => join(folder, name)),
});

const TOOLS: readonly Tool[] = [
  program("mmdebstrap", "mmdebstrap"),
  program("unshare", "util-linux"),
  program("mke2fs", "e2fsprogs"),
  program("debugfs", "e2fsprogs"),
  program("sgdisk", "gdisk"),
  program("grub-mkimage", "grub-common"),
  program("qemu-img", "qemu-utils"),
  program("mkfs.fat", "dosfstools"),
  program("mmd", "mtools"),
  program("mcopy", "mtools"),
  { what: "GRUB's files for BIOS machines", debianPackage: "grub-pc-bin", paths: [join(GRUB_BIOS_FOLDER, "boot.img")] },
  {
    what: "GRUB's files for UEFI machines",
    debianPackage: "grub-efi-amd64-bin",
    paths: [join(GRUB_EFI_FOLDER, "linux.mod")],
  },
  {
    what: "Debian's archive keys",
    debianPackage: "debian-archive-keyring",
    paths: ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"],
  },
];

/** Mapping of user ids, for a user who is not root. */
const ROOTLESS_TOOLS: readonly Tool[] = [program("newuidmap", "uidmap")];

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Fails with `tools`, naming the Debian packages to install, unless everything that a build runs is on this machine. */
export async function assertTools(asRoot: boolean, isThere = exists): Promise<void> {
  const needed = asRoot ? TOOLS : [...TOOLS, ...ROOTLESS_TOOLS];
  const there = await Promise.all(
    needed.map(async ({ paths }) => (await Promise.all(paths.map(isThere))).includes(true)),
  );
  const missing = needed.filter((_, index) => there[index] === false);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tool.debianPackage))].join(" ");
  throw new ImageError("tools", "An image cannot be built on this machine yet.", {
    why: `Missing: ${missing.map((tool) => tool.what).join(", ")}.`,
    next: [`${asRoot ? "" : "sudo "}apt-get install --no-install-recommends ${packages}`],
  });
}
