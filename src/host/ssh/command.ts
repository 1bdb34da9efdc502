/** The ssh command line: never blind, nothing from the user's own ssh configuration, one shared connection a VM. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { shellWord } from "../../core/shell-word.ts";
import type { Paths } from "../paths.ts";
import { run } from "../processes.ts";
import { guestLine } from "./guest-command.ts";
import { userIdentities } from "./keys.ts";
import { hostAlias, knownHostsFile } from "./known-hosts.ts";

export type SshTarget = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly uuid: string;
  /** The VM's name, for people. */
  readonly name: string;
};

type SshPaths = Pick<Paths, "sshKey" | "knownHosts" | "sshControl">;

/** Unix sockets have paths of less than 108 bytes, and ssh adds 17 of its own while it makes one. */
const LONGEST_SOCKET = 90;
const PERSIST_SECONDS = 60;

/** Command lines that a person may type: no sharing, so that nothing is left running. */
export function sshLine(paths: SshPaths, target: SshTarget): string {
  return ["ssh", ...trust(paths, target), ...place(target)].map(shellWord).join(" ");
}

/** With `argv`, one command, quoted so that the guest runs exactly that; else the login shell. */
export function sshArgv(
  paths: SshPaths,
  target: SshTarget,
  {
    argv = [],
    tty,
    asks = tty,
  }: {
    readonly argv?: readonly string[];
    readonly tty: boolean;
    /** Whether ssh may ask for the passphrase of a key. */
    readonly asks?: boolean;
  },
): readonly string[] {
  const command = argv.length === 0 ? [] : ["--", guestLine(argv)];
  return [
    "ssh",
    ...trust(paths, target),
    ...option("BatchMode", asks ? "no" : "yes"),
    ...option("ConnectTimeout", "10"),
    ...option("ServerAliveInterval", "15"),
    ...option("ServerAliveCountMax", "4"),
    ...option("LogLevel", "ERROR"),
    ...sharing(paths, target),
    tty ? "-t" : "-T",
    ...place(target),
    ...command,
  ];
}

/** Ends the shared connection, if there is one: it would outlive its VM by a minute. Never fails. */
export function closeMaster(paths: SshPaths, target: SshTarget): Promise<void> {
  return tellMaster(paths, target, "exit");
}

/** The next command logs in anew, with what has changed for the user since; sessions that are open go on. Never fails. */
export function renewLogin(paths: SshPaths, target: SshTarget): Promise<void> {
  return tellMaster(paths, target, "stop");
}

async function tellMaster(paths: SshPaths, target: SshTarget, what: "exit" | "stop"): Promise<void> {
  const socket = controlSocket(paths, target);
  if (socket === null || !existsSync(socket)) return;
  await run(["ssh", "-F", "none", "-O", what, ...option("ControlPath", file(socket)), ...place(target)], {
    timeoutMs: 5_000,
  }).catch(() => undefined);
}

function trust(paths: SshPaths, target: SshTarget): readonly string[] {
  return ["-F", "none", ...trustSettings(paths, target).flatMap(([name, value]) => option(name, value))];
}

export type SshSetting = readonly [name: string, value: string];

/** The VM's own host key or nothing; hutch's key and the caller's, no passwords. As ssh's configuration has them. */
export function trustSettings(paths: SshPaths, target: Pick<SshTarget, "uuid">): readonly SshSetting[] {
  const identities = [paths.sshKey, ...userIdentities()];
  return [
    ["StrictHostKeyChecking", "yes"],
    ["UserKnownHostsFile", file(knownHostsFile(paths, target.uuid))],
    ["GlobalKnownHostsFile", "/dev/null"],
    ["HostKeyAlias", hostAlias(target.uuid)],
    ["IdentitiesOnly", "yes"],
    ...identities.map((identity): SshSetting => ["IdentityFile", file(identity)]),
    ["PreferredAuthentications", "publickey"],
  ];
}

function place({ host, port, user }: SshTarget): readonly string[] {
  return ["-p", String(port), "-l", user, host];
}

function sharing(paths: SshPaths, target: SshTarget): readonly string[] {
  return sharingSettings(paths, target).flatMap(([name, value]) => option(name, value));
}

/** One connection for all that goes to a VM at about the same time, the user's own ssh included. */
export function sharingSettings(paths: SshPaths, target: SshTarget): readonly SshSetting[] {
  const socket = controlSocket(paths, target);
  if (socket === null) return [];
  mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
  return [
    ["ControlMaster", "auto"],
    ["ControlPath", file(socket)],
    ["ControlPersist", String(PERSIST_SECONDS)],
  ];
}

/** One for each way into a VM: after its port changed, the old connection is not met again. null where the path would be too long. */
export function controlSocket({ sshControl }: SshPaths, { uuid, host, port, user }: SshTarget): string | null {
  const id = createHash("sha256").update([uuid, host, port, user].join("\n")).digest("hex").slice(0, 16);
  const path = join(sshControl, id);
  return Buffer.byteLength(path) > LONGEST_SOCKET ? null : path;
}

function option(name: string, value: string): readonly string[] {
  return ["-o", `${name}=${value}`];
}

/** A path as ssh reads it in an option: blanks and its own percent signs kept. */
export function file(path: string): string {
  const escaped = path.replaceAll("%", "%%");
  return /[\s"']/.test(escaped) ? `"${escaped.replaceAll('"', '\\"')}"` : escaped;
}
