import { chmod, mkdir, mkdtemp, open, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogue } from "../catalogue.ts";
import type { Architecture } from "../catalogue-entry.ts";
import { ImageError } from "../errors.ts";
import { hashFile } from "../hash.ts";
import { assertUsable, type ImageFacts, inspectImage } from "../inspect.ts";
import { type RunOptions, run } from "../process.ts";
import { mirrorAt } from "./apt-sources.ts";
import { bootCode, coreBlocks, SECTOR_BYTES } from "./boot-blocks.ts";
import { BOOT_PARTITION, DISK_BYTES, partitionArgs, ROOT_LABEL, ROOT_PARTITION } from "./disk-layout.ts";
import { hostMirror } from "./mirror.ts";
import { aptSources, rootFiles } from "./root-files.ts";
import { assertTools, GRUB_FOLDER } from "./tools.ts";

export type BuildOptions = {
  /** Where the finished qcow2 goes; what is there is replaced, at the very end. */
  readonly targetFile: string;
  /** A folder for the build's own files (about 2 GB), made if need be. Nothing of the build stays in it. */
  readonly workDir: string;
  readonly arch?: Architecture;
  /** Address of a Debian archive, as in `http://mirror.example/debian`; else the one that this machine's apt uses. */
  readonly mirror?: string;
  readonly signal?: AbortSignal;
  /** Told what the build is doing, line by line, for a progress display. */
  readonly onNote?: (line: string) => void;
};

export type BuiltImage = { readonly file: string; readonly sha256: string; readonly facts: ImageFacts };

/** What a cloud VM has beside Debian's essential packages and apt. */
const PACKAGES = [
  ["linux-image-cloud-amd64", "zstd", "udev", "kmod", "e2fsprogs", "fdisk", "cloud-guest-utils"],
  ["systemd-sysv", "systemd-resolved", "systemd-timesyncd", "dbus", "libpam-systemd"],
  ["cloud-init", "netplan.io", "qemu-guest-agent", "openssh-server", "sudo"],
  // Essential until Debian 12; without it nobody gets in at the console.
  ["login"],
  // Which kernel settings are safe, and that everyone may ping: a package of its own since Debian 13.
  ["?exact-name(linux-sysctl-defaults)"],
  ["ca-certificates", "curl", "iproute2", "iputils-ping", "less", "procps", "tzdata"],
].flat();

const GRUB_MODULES = ["biosdisk", "part_gpt", "ext2", "normal", "configfile", "linux", "serial", "terminal", "gzio"];

const ROOT_HOOK = fileURLToPath(new URL("./hutch-image-root.sh", import.meta.url));

/**
 * Builds a cloud image of a Debian release from Debian's own signed packages: an x86-64 disk that starts under a BIOS,
 * 3 GiB in size, with cloud-init waiting for a NoCloud seed. Needs no loop device and no root (but subordinate user ids
 * for a user who is not root). Takes one to two minutes and the network.
 *
 * Fails with `unsupported`, `tools`, `program` (one failed; `why` has its last lines), `disk-full`, `io`. When the signal
 * fires everything that was started is killed, the build's files are removed, and it fails with `cancelled`.
 */
export async function buildImage(name: string, options: BuildOptions): Promise<BuiltImage> {
  const { targetFile, signal, onNote } = options;
  const asRoot = process.getuid?.() === 0;
  const entry = catalogue().find((each) => each.name === name && each.buildable);
  if (entry === undefined) throw new ImageError("unsupported", `${name} cannot be built here, only downloaded.`);
  const suite = entry.codename;
  if (options.arch !== undefined && options.arch !== "x86_64") {
    throw new ImageError("unsupported", `Images for ${options.arch} cannot be built yet, only for x86_64.`);
  }
  await assertTools(asRoot);
  const mirror = options.mirror === undefined ? await hostMirror() : mirrorAt(options.mirror);

  await mkdir(options.workDir, { recursive: true });
  const work = await mkdtemp(join(options.workDir, "build-"));
  const disk = join(work, "disk.img");
  const part = `${targetFile}.part`;
  try {
    onNote?.(`Installing ${name} from ${mirror.archive}`);
    const sources = join(work, "debian.sources");
    await writeFile(sources, aptSources(suite, mirror));
    await writeTree(join(work, "overlay"), rootFiles(suite, mirror));
    await writeFile(disk, "");
    await truncate(disk, DISK_BYTES);
    const temporary = join(work, "tmp");
    await mkdir(temporary);
    await step("mmdebstrap", inNamespace(asRoot, ["mmdebstrap", ...mmdebstrapArgs(suite, sources)]), {
      signal,
      env: {
        TMPDIR: temporary,
        HUTCH_BUILD: work,
        HUTCH_OFFSET: String(ROOT_PARTITION.offsetBytes),
        HUTCH_SIZE_KIB: String(ROOT_PARTITION.sizeKiB),
        HUTCH_LABEL: ROOT_LABEL,
      },
      onLine: (line) => {
        if (line.startsWith("I: ")) onNote?.(line.slice(3));
      },
    });

    onNote?.("Making the disk bootable");
    await step("sgdisk", ["sgdisk", ...partitionArgs(disk)], { signal });
    await installGrub(disk, join(work, "core.img"), signal);

    onNote?.("Compressing the image");
    await step(
      "qemu-img",
      ["qemu-img", "convert", "-f", "raw", "-O", "qcow2", "-o", "compat=1.1", "-c", "-W", disk, part],
      {
        signal,
      },
    );
    const facts = await inspectImage(part, signal);
    assertUsable(facts);
    const sha256 = await hashFile(part, signal);
    await rename(part, targetFile);
    return { file: targetFile, sha256, facts: { ...facts, file: targetFile } };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await removeTree(asRoot, work);
  }
}

async function step(program: string, argv: readonly [string, ...string[]], options: RunOptions): Promise<void> {
  const { code, stderr } = await run(argv, options);
  if (code === 0) return;
  const full = /No space left on device/.test(stderr);
  throw new ImageError(full ? "disk-full" : "program", `Building the image failed in ${program} (exit code ${code}).`, {
    why: stderr,
    next: full ? ["Free some space: a build needs about 2 GB."] : [],
  });
}

/**
 * The command in a process and mount namespace of its own, so that killing one process ends all that it started and takes
 * its mounts away; for a user who is not root, as root of a user namespace.
 */
function inNamespace(asRoot: boolean, command: readonly string[]): [string, ...string[]] {
  const user = asRoot ? [] : ["--map-root-user", "--map-auto"];
  return ["unshare", ...user, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--", ...command];
}

function mmdebstrapArgs(suite: string, sources: string): readonly string[] {
  return [
    "--mode=root",
    "--variant=apt",
    "--format=null",
    "--architectures=amd64",
    `--include=${PACKAGES.join(",")}`,
    `--customize-hook=${ROOT_HOOK}`,
    "--skip=cleanup",
    suite,
    "/dev/null",
    sources,
  ];
}

async function writeTree(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, 0o644);
  }
}

async function installGrub(disk: string, core: string, signal: AbortSignal | undefined): Promise<void> {
  await step(
    "grub-mkimage",
    ["grub-mkimage", "-O", "i386-pc", "-d", GRUB_FOLDER, "-p", "(,gpt1)/boot/grub", "-o", core, ...GRUB_MODULES],
    { signal },
  );
  const { startSector, sectors } = BOOT_PARTITION;
  const handle = await open(disk, "r+");
  try {
    const code = bootCode(await readFile(join(GRUB_FOLDER, "boot.img")), startSector);
    await handle.write(code, 0, code.length, 0);
    const blocks = coreBlocks(await readFile(core), startSector, sectors);
    await handle.write(blocks, 0, blocks.length, startSector * SECTOR_BYTES);
  } finally {
    await handle.close();
  }
}

/** A killed build leaves files of other user ids, which a user who is not root can remove only as root of their namespace. */
async function removeTree(asRoot: boolean, folder: string): Promise<void> {
  if (asRoot) return rm(folder, { recursive: true, force: true });
  await run(inNamespace(false, ["rm", "-rf", "--", folder]));
}
