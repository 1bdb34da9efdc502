import { chmod, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogue } from "../catalogue.ts";
import type { Architecture } from "../catalogue-entry.ts";
import { ImageError } from "../errors.ts";
import { hashFile } from "../hash.ts";
import { assertUsable, type ImageFacts, inspectImage } from "../inspect.ts";
import { run } from "../process.ts";
import { mirrorAt } from "./apt-sources.ts";
import { installBiosLoader, installUefiLoader } from "./boot-loaders.ts";
import { diskIds } from "./disk-ids.ts";
import { DISK_BYTES, partitionArgs, ROOT_LABEL, ROOT_PARTITION } from "./disk-layout.ts";
import { hostMirror } from "./mirror.ts";
import { aptSources, rootFiles } from "./root-files.ts";
import { sourceDate } from "./source-date.ts";
import { buildSteps } from "./step.ts";
import { assertTools } from "./tools.ts";

export type BuildOptions = {
  /** Where the finished qcow2 goes; what is there is replaced, at the very end. */
  readonly targetFile: string;
  /** A folder for the build's own files (about 2 GB), made if need be. Nothing of the build stays in it. */
  readonly workDir: string;
  readonly arch?: Architecture;
  /** Address of a Debian archive, as in `http://mirror.example/debian`; else the one that this machine's apt uses. */
  readonly mirror?: string;
  /**
   * Seconds since 1970, as in SOURCE_DATE_EPOCH (which it is when omitted): nothing in the image is newer, and nothing
   * in it is random.
   */
  readonly sourceDateEpoch?: number;
  readonly signal?: AbortSignal;
  /** Told what the build is doing, line by line, for a progress display. */
  readonly onNote?: (line: string) => void;
};

export type BuiltImage = {
  readonly file: string;
  readonly sha256: string;
  /** sha256 of the file tree, in hexadecimal: of names, kinds, modes, owners, link targets and contents. */
  readonly treeSha256: string;
  readonly facts: ImageFacts;
};

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

const ROOT_HOOK = fileURLToPath(new URL("./hutch-image-root.sh", import.meta.url));
const TREE_DIGEST = fileURLToPath(new URL("./hutch-tree-digest.sh", import.meta.url));

/**
 * Builds a cloud image of a Debian release from Debian's own signed packages: an x86-64 disk that starts under a BIOS and
 * under UEFI (without Secure Boot), 3 GiB in size, with cloud-init waiting for a NoCloud seed. Needs no loop device and no
 * root (but subordinate user ids for a user who is not root). Takes one to two minutes and the network.
 *
 * With a source date the same packages (and the same tools) give the same file tree and the same bytes.
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
  const epoch = sourceDate(options.sourceDateEpoch);
  const ids = diskIds(name, epoch);
  const step = buildSteps(signal, epoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(epoch) });
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
      env: {
        TMPDIR: temporary,
        HUTCH_BUILD: work,
        HUTCH_DIGEST: TREE_DIGEST,
        HUTCH_OFFSET: String(ROOT_PARTITION.offsetBytes),
        HUTCH_SIZE_KIB: String(ROOT_PARTITION.sizeKiB),
        HUTCH_LABEL: ROOT_LABEL,
        HUTCH_UUID: ids.rootFileSystem,
      },
      onLine: (line) => {
        if (line.startsWith("I: ")) onNote?.(line.slice(3));
      },
    });
    const treeSha256 = (await readFile(join(work, "tree.sha256"), "utf8")).trim();
    onNote?.(`File tree sha256:${treeSha256}`);

    onNote?.("Making the disk bootable");
    await step("sgdisk", ["sgdisk", ...partitionArgs(disk, ids)]);
    await installBiosLoader(disk, work, step);
    await installUefiLoader(disk, work, ids, step);

    onNote?.("Compressing the image");
    // Out of order is faster, and never the same twice.
    const order = epoch === undefined ? ["-W"] : [];
    await step("qemu-img", [
      "qemu-img",
      ...["convert", "-f", "raw", "-O", "qcow2", "-o", "compat=1.1", "-c", ...order, disk, part],
    ]);
    const facts = await inspectImage(part, signal);
    assertUsable(facts);
    const sha256 = await hashFile(part, signal);
    await rename(part, targetFile);
    return { file: targetFile, sha256, treeSha256, facts: { ...facts, file: targetFile } };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await removeTree(asRoot, work);
  }
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

/** A killed build leaves files of other user ids, which a user who is not root can remove only as root of their namespace. */
async function removeTree(asRoot: boolean, folder: string): Promise<void> {
  if (asRoot) return rm(folder, { recursive: true, force: true });
  await run(inNamespace(false, ["rm", "-rf", "--", folder]));
}
