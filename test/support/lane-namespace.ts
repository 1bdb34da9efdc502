import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, realpathSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { newLaneFolder, recordLane } from "./sweep.ts";

const INIT = fileURLToPath(new URL("./lane-init.sh", import.meta.url));

/** The checkout that is tested. */
export const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** Where guest images are kept from one run to the next. */
export const TEST_CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "hutch-test");

/** slirp4netns gives the lane this resolver. */
const RESOLVER = "nameserver 10.0.2.3\n";

export type Namespace = {
  /** The lane's folder, the same inside and outside. */
  readonly root: string;
  /** What goes before a command so that it runs in the lane, as root. */
  readonly enter: readonly string[];
  /** Ends every process of the lane and removes its folder. Can be called twice. */
  stop(): Promise<void>;
};

/**
 * Makes mount, network and process namespaces. `furnish` fills the lane's folder and says what in it takes which place.
 * `/dev/kvm` is hidden, `/run` is empty, guests reach the internet through slirp4netns, and nobody reaches in.
 *
 * All of it lives as long as our end of one pipe: when this process dies, in whatever way, the lane's first process ends,
 * and with it, by the kernel's hand, every other. Only the folder is then left, for `sweep`. Fails when a program is missing.
 */
export async function makeNamespace(
  furnish: (root: string) => Promise<readonly (readonly [source: string, target: string])[]>,
): Promise<Namespace> {
  if (process.getuid?.() !== 0) throw new Error("Lanes are made by root: run scripts/test as root or with sudo.");
  const root = await newLaneFolder();
  const ended: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ended.splice(0).reverse()) await end();
    await rm(root, { recursive: true, force: true });
  };
  try {
    await mkdir(join(root, "run"));
    await mkdir(join(root, "held"));
    await writeFile(join(root, "kvm"), "", { mode: 0o000 });
    await writeFile(join(root, "resolv.conf"), RESOLVER);
    const furniture = await furnish(root);
    const over = [
      [join(root, "run"), "/run"],
      [join(root, "resolv.conf"), "/etc/resolv.conf"],
      ...(exists("/dev/kvm") ? [[join(root, "kvm"), "/dev/kvm"]] : []),
      ...furniture,
    ].flatMap(([source = "", target = ""]) => ["over", source, target]);

    await mkdir(TEST_CACHE, { recursive: true });
    const show = [CHECKOUT, TEST_CACHE, dirname(realpathSync(process.execPath))].flatMap((path) => ["show", path]);
    const namespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child"];
    const holder = spawn("unshare", [...namespaces, INIT, join(root, "held"), ...show, ...over], {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    ended.push(() => end(holder, () => holder.stdin.end()));
    await recordLane(root, holder.pid);
    const first = Number(await firstLine(holder, holder.stdout));

    // Its third and fourth descriptors: it says when it is ready, and ends when we do.
    const internet = ["--configure", "--mtu=1500", "--disable-host-loopback", "--ready-fd=3", "--exit-fd=4"];
    const slirp = spawn("slirp4netns", [...internet, String(first), "tap0"], {
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    });
    const [, , , ready, exit] = slirp.stdio;
    ended.push(() => end(slirp, () => exit?.destroy()));
    await firstLine(slirp, ready as Readable);

    // nsenter waits beside the command: it must not die of a Ctrl-C that is meant for the command.
    const signals = "INT,TERM,HUP,QUIT";
    const nsenter = ["nsenter", `--target=${first}`, "--mount", "--net", "--pid", "--wdns=/"];
    const enter = ["env", `--ignore-signal=${signals}`, ...nsenter, "env", `--default-signal=${signals}`];
    return { root, enter, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess, ask: () => void): Promise<void> {
  ask();
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) await once(child, "exit");
}

/** The first bytes that it says, or a failure with its complaints when it ends before. */
function firstLine(child: ChildProcess, from: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaints = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaints += text;
    });
    from.once("data", (data: Buffer) => resolve(data.toString("utf8").trim()));
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`${child.spawnfile} ended (${code}): ${complaints.trim()}`)));
  });
}
