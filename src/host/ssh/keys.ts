/** Keys: hutch's own, by which it enters the VMs that it makes; the caller's; and the host keys that VMs are born with. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HutchError } from "../../core/errors.ts";
import type { Caller, Paths } from "../paths.ts";
import { run } from "../processes.ts";

/** In OpenSSH's own formats; the public key without a comment. */
export type HostKeyPair = { readonly privateKey: string; readonly publicKey: string };

/** What OpenSSH looks for by itself, best first. */
const USUAL = ["id_ed25519", "id_ecdsa", "id_ed25519_sk", "id_ecdsa_sk", "id_rsa"];
const PUBLIC_KEY =
  /^(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]{40,}={0,3}(?: .*)?$/;

/** Stands for hutch's own key in a plan, which makes nothing. */
const NOT_MADE_YET = "(hutch's own key, made at the first launch)";

/**
 * The public keys for a VM: hutch's own (made on first use, unless this is only a plan), so that hutch gets in whatever the
 * user's keys need, and `asked` (lines, or paths of public keys) or else those that the caller has. E_INVALID for what is
 * no public key.
 */
export async function callerKeys(
  paths: Pick<Paths, "sshKey">,
  caller: Pick<Caller, "home">,
  asked: readonly string[] | undefined,
  { planning = false }: { readonly planning?: boolean } = {},
): Promise<readonly string[]> {
  const own = planning ? (readKey(`${paths.sshKey}.pub`) ?? NOT_MADE_YET) : await ownKey(paths);
  const others = asked === undefined ? usualKeys(caller.home) : asked.flatMap(keysIn);
  return [...new Set([own, ...others])];
}

/** A new ed25519 pair for a VM's ssh server. */
export async function makeHostKey(name: string, signal?: AbortSignal): Promise<HostKeyPair> {
  const folder = mkdtempSync(join(tmpdir(), "hutch-key-"));
  try {
    const { privateKey, publicKey } = await makePair(join(folder, "key"), `root@${name}`, signal);
    return { privateKey, publicKey: publicKey.split(" ").slice(0, 2).join(" ") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Private keys of the user who runs this, for ssh to try after hutch's own. */
export function userIdentities(): readonly string[] {
  return USUAL.map((name) => join(homedir(), ".ssh", name)).filter((path) => existsSync(path));
}

/** Made in a folder of its own that is then moved into place: of two processes at once, both end with the pair of one. */
async function ownKey({ sshKey }: Pick<Paths, "sshKey">): Promise<string> {
  const found = readKey(`${sshKey}.pub`);
  if (found !== null) return found;
  const place = dirname(sshKey);
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(`${place}-`);
  try {
    await makePair(join(folder, sshKey.slice(place.length + 1)), `hutch@${hostname()}`);
    try {
      renameSync(folder, place);
    } catch (error) {
      if (readKey(`${sshKey}.pub`) === null) throw error;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const made = readKey(`${sshKey}.pub`);
  if (made === null)
    throw new HutchError({
      code: "E_HOST",
      message: `hutch's own ssh key ${sshKey} cannot be read.`,
      next: [`Remove the folder ${place}; the key is made anew, for VMs made from then on.`],
    });
  return made;
}

async function makePair(file: string, comment: string, signal?: AbortSignal): Promise<HostKeyPair> {
  const made = await run(
    ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file],
    signal === undefined ? {} : { signal },
  );
  if (made.code !== 0)
    throw new HutchError({ code: "E_HOST", message: "ssh-keygen could not make a key.", why: made.stderr.trim() });
  return { privateKey: readFileSync(file, "utf8"), publicKey: readFileSync(`${file}.pub`, "utf8").trim() };
}

function usualKeys(home: string): readonly string[] {
  return USUAL.flatMap((name) => readKey(join(home, ".ssh", `${name}.pub`)) ?? []);
}

function readKey(path: string): string | null {
  try {
    return keyLines(readFileSync(path, "utf8"))[0] ?? null;
  } catch {
    return null;
  }
}

/** Of a line that is a key itself, or of the file it names. */
function keysIn(asked: string): readonly string[] {
  if (PUBLIC_KEY.test(asked.trim())) return [asked.trim()];
  const path = asked.startsWith("~/") ? join(homedir(), asked.slice(2)) : asked;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new HutchError(
      {
        code: "E_INVALID",
        message: `--ssh-key "${asked}" is neither a public key nor a file that can be read.`,
        next: ["Write it like --ssh-key ~/.ssh/id_ed25519.pub"],
      },
      error,
    );
  }
  if (text.includes("PRIVATE KEY"))
    throw new HutchError({
      code: "E_INVALID",
      message: `${asked} is a private key: it must not leave this host.`,
      next: [`Give its public half: --ssh-key ${asked}.pub`],
    });
  const keys = keyLines(text);
  if (keys.length === 0)
    throw new HutchError({
      code: "E_INVALID",
      message: `There is no public key in ${asked}.`,
      next: ["ssh-keygen -t ed25519"],
    });
  return keys;
}

function keyLines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => PUBLIC_KEY.test(line));
}
