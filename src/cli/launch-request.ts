/** The flags of `launch` and `create`, and the order they make. */
import { readFile } from "node:fs/promises";
import { HutchError } from "../core/errors.ts";
import { parseForward } from "../core/forward-syntax.ts";
import { DEFAULTS } from "../core/machine/spec.ts";
import { parseMount } from "../core/mount-syntax.ts";
import { nearNames } from "../core/near.ts";
import { parseNetwork } from "../core/network-syntax.ts";
import { type LaunchRequest, READINESS } from "../core/requests.ts";
import { formatSize, parseDuration, parseSize } from "../core/units.ts";
import { badValue, typed } from "../core/usage.ts";
import type { Cli } from "./cli.ts";
import { count, oneOf, option, repeated, toggle, type Values, word } from "./flags.ts";
import type { Source } from "./terminal.ts";

const MIB = 1024 ** 2;

type Part = Partial<LaunchRequest>;

/** The settings that have one value, by the name `--set` knows them by. Each is a flag too, except `user`. */
const SETTINGS = {
  cpus: (text, flag) => ({ cpus: count(text, flag) }),
  memory: (text, flag) => ({ memoryMiB: Math.round(parseSize(text, flag) / MIB) }),
  disk: (text, flag) => ({ diskBytes: parseSize(text, flag) }),
  engine: (text, flag) => ({ engine: word(text, flag) === "none" ? null : text }),
  user: (text, flag) => ({ user: word(text, flag) }),
  network: (text, flag) => ({ network: parseNetwork(text, flag) }),
  arch: (text, flag) => ({ arch: oneOf(["x86_64", "aarch64"])(text, flag) }),
  accel: (text, flag) => ({ accel: oneOf(["auto", "kvm", "tcg"])(text, flag) }),
  firmware: (text, flag) => ({ firmware: oneOf(["auto", "bios", "uefi"])(text, flag) }),
  tpm: (text, flag) => ({ tpm: onOff(text, flag) }),
  autostart: (text, flag) => ({ autostart: onOff(text, flag) }),
  ephemeral: (text, flag) => ({ ephemeral: onOff(text, flag) }),
  display: (text, flag) => ({ display: onOff(text, flag) }),
} as const satisfies Readonly<Record<string, (text: string, flag: string) => Part>>;

export const LAUNCH_FLAGS = {
  name: option("-n, --name <name>", "its name: letters, digits and hyphens", word),
  cpus: option("--cpus <number>", "virtual CPUs (2)", SETTINGS.cpus),
  memory: option("--memory <size>", "memory (2G)", SETTINGS.memory),
  disk: option("--disk <size>", "root disk, thin (20G)", SETTINGS.disk),
  dataDisk: repeated("--data-disk <size>", "another, empty disk; may be given several times", parseSize),
  engine: option("--engine <engine>", "install a container engine: docker", SETTINGS.engine),
  cloudInit: option("--cloud-init <file>", "your own user-data; - reads it from stdin", word),
  sshKey: repeated("--ssh-key <file>", "a public key that may log in (your own, unless said)", word),
  network: option(
    "--network <network>",
    "default, user, network=NAME[,ip=…], bridge=NAME[,ip=…,gw=…,dns=…]",
    SETTINGS.network,
  ),
  publish: repeated("-p, --publish <ports>", "lead a port of this host into the VM: 8080:80", (text) =>
    parseForward(text),
  ),
  arch: option("--arch <arch>", "x86_64 or aarch64 (this host's)", SETTINGS.arch),
  accel: option("--accel <how>", "auto, kvm or tcg (emulated) (auto)", SETTINGS.accel),
  firmware: option("--firmware <kind>", "auto, bios or uefi (auto)", SETTINGS.firmware),
  tpm: toggle("--tpm", "give it a TPM"),
  autostart: toggle("--autostart", "start it with the host"),
  ephemeral: toggle("--ephemeral", "throw it away when it stops"),
  display: toggle("--display", "give it a screen, to look at over VNC (hutch display)"),
  iso: option("--iso <file>", "install by hand from this image: a file, or a volume of the pool", word),
  mount: repeated("--mount <folder>", "let it see a folder of this host: ./site:/srv/site[:ro]", parseMount),
  consolePassword: toggle("--console-password", "give the login user a password for the console, shown once"),
  set: repeated("--set <key=value>", `the same as a flag: ${Object.keys(SETTINGS).join(", ")}`, setting),
  mirror: option("--mirror <mirror>", "where to download the image from: tuna, ustc, aliyun or a URL", word),
  waitFor: option("--wait-for <stage>", `return at ${READINESS.join(", ")} (ready)`, oneOf(READINESS)),
  timeout: option("--timeout <time>", "time to get there, as 90s or 10m (10m; more when emulated)", parseDuration),
  keepOnFailure: toggle("--keep-on-failure", "keep what was made when it fails"),
} as const;

export type LaunchFlags = Values<typeof LAUNCH_FLAGS>;

/** E_USAGE for values that cannot be; E_INVALID for a user-data file that cannot be read. */
export async function launchRequest(cli: Cli, image: string | undefined, flags: LaunchFlags): Promise<LaunchRequest> {
  const { name, cloudInit, dataDisk, sshKey, publish, mirror, waitFor, timeout } = flags;
  return {
    ...(name === undefined ? {} : { name }),
    ...(image === undefined ? {} : { image }),
    ...Object.assign({}, ...flags.set),
    ...flags.cpus,
    ...flags.memory,
    ...flags.disk,
    ...flags.engine,
    ...flags.network,
    ...flags.arch,
    ...flags.accel,
    ...flags.firmware,
    ...(flags.tpm ? { tpm: true } : {}),
    ...(flags.autostart ? { autostart: true } : {}),
    ...(flags.ephemeral ? { ephemeral: true } : {}),
    ...(flags.display ? { display: true } : {}),
    ...(flags.iso === undefined ? {} : { iso: flags.iso }),
    ...(flags.mount.length === 0 ? {} : { mounts: flags.mount }),
    ...(flags.consolePassword ? { consolePassword: true } : {}),
    ...(flags.keepOnFailure ? { keepOnFailure: true } : {}),
    ...(dataDisk.length === 0 ? {} : { dataDiskBytes: dataDisk }),
    ...(sshKey.length === 0 ? {} : { sshKeys: sshKey }),
    ...(publish.length === 0 ? {} : { publish }),
    ...(mirror === undefined ? {} : { mirror }),
    ...(waitFor === undefined ? {} : { waitFor }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(cloudInit === undefined ? {} : { userData: await readUserData("--cloud-init", cloudInit, cli.terminal.stdin) }),
  };
}

/** `2 vCPU, 2 GiB memory, 20 GiB disk`, so that a slip in a unit is seen before anything is made. */
export function sizesAsUnderstood(request: LaunchRequest): string {
  const { cpus, memoryMiB, diskBytes } = { ...DEFAULTS, ...request };
  const data = (request.dataDiskBytes ?? []).map((bytes) => `${formatSize(bytes)} data disk`);
  return [`${cpus} vCPU`, `${formatSize(memoryMiB * MIB)} memory`, `${formatSize(diskBytes)} disk`, ...data].join(", ");
}

function setting(text: string, flag: string): Part {
  const at = text.indexOf("=");
  const key = at === -1 ? text : text.slice(0, at);
  const example = `${flag} memory=4G`;
  if (at === -1) throw badValue(flag, text, "it has the form key=value.", example);
  if (!isSetting(key)) {
    const known = Object.keys(SETTINGS);
    const [near] = nearNames(key, known);
    throw badValue(
      flag,
      text,
      near === undefined ? `"${key}" is none of ${known.join(", ")}.` : `there is no "${key}". Did you mean "${near}"?`,
      example,
    );
  }
  return SETTINGS[key](text.slice(at + 1), `${flag} ${key}=`);
}

function isSetting(key: string): key is keyof typeof SETTINGS {
  return Object.hasOwn(SETTINGS, key);
}

function onOff(text: string, flag: string): boolean {
  if (/^(on|yes|true)$/.test(text)) return true;
  if (/^(off|no|false)$/.test(text)) return false;
  throw badValue(flag, text, "it is on or off.", typed(flag, "on"));
}

/** E_INVALID, naming the flag, for what cannot be read or is no text. */
export async function readUserData(flag: string, file: string, stdin: Source): Promise<string> {
  const where = file === "-" ? "stdin" : file;
  const fail = (why: string, cause?: unknown) =>
    new HutchError(
      {
        code: "E_INVALID",
        message: `${flag} ${file}: the user-data cannot be read.`,
        why,
        details: { path: where },
        next: [`${flag} user-data.yaml: a file that you can read`, `${flag} -: read it from standard input`],
      },
      cause,
    );
  let bytes: Uint8Array;
  try {
    bytes = file === "-" ? await readAll(stdin) : await readFile(file);
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error), error);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw fail(`${where} is no text in UTF-8.`, error);
  }
}

async function readAll(source: Source): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.open()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
