/** hutch's part of the user's own ssh configuration: a file of its own, and one Include line. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Paths } from "../paths.ts";
import { file, type SshSetting, type SshTarget, sharingSettings, trustSettings } from "./command.ts";

type SshPaths = Pick<Paths, "sshKey" | "knownHosts" | "sshControl">;

/** Where things lie: `folder` is hutch's own, one file a libvirt host in it; `userConfig` is what ssh reads. */
export type UserConfig = { readonly folder: string; readonly file: string; readonly userConfig: string };

const NOTE = "# VMs of hutch: taken out again by hutch ssh-config --remove";

export function userConfigOf(paths: Pick<Paths, "configFile">, home: string, uri: string): UserConfig {
  const folder = join(dirname(paths.configFile), "ssh_config.d");
  const name = uri.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "");
  return { folder, file: join(folder, name), userConfig: join(home, ".ssh", "config") };
}

/** What ssh takes as a name: no pattern, and one word. */
export function canBeHost(name: string): boolean {
  return /^[A-Za-z0-9_][\w.-]*$/.test(name);
}

export function hostBlock(paths: SshPaths, target: SshTarget): string {
  const settings: readonly SshSetting[] = [
    ["HostName", target.host],
    ["Port", String(target.port)],
    ["User", target.user],
    ...trustSettings(paths, target),
    ...sharingSettings(paths, target),
  ];
  return [`Host ${target.name}`, ...settings.map(([name, value]) => `  ${name} ${value}`)].join("\n");
}

/** Writes the file anew; `include` adds the line to the user's configuration, once. */
export function installConfig(config: UserConfig, text: string, include: boolean): void {
  mkdirSync(config.folder, { recursive: true, mode: 0o700 });
  replace(config.file, text);
  if (!include) return;
  const line = includeLine(config);
  const before = existsSync(config.userConfig) ? readFileSync(config.userConfig, "utf8") : "";
  if (before.split("\n").includes(line)) return;
  mkdirSync(dirname(config.userConfig), { recursive: true, mode: 0o700 });
  // At the top: below a Host line it would hold for that host only.
  replace(config.userConfig, `${NOTE}\n${line}\n${before === "" ? "" : `\n${before}`}`);
}

/** The file, and the line once no other file needs it. Not installed is no failure; tells whether it was. */
export function removeConfig(config: UserConfig): boolean {
  const was = existsSync(config.file);
  rmSync(config.file, { force: true });
  if (existsSync(config.folder) && readdirSync(config.folder).length > 0) return was;
  rmSync(config.folder, { recursive: true, force: true });
  if (!existsSync(config.userConfig)) return was;
  const before = readFileSync(config.userConfig, "utf8");
  const ours = `${NOTE}\n${includeLine(config)}\n`;
  const after = before.replace(`${ours}\n`, "").replace(ours, "");
  if (after === "" && !lstatSync(config.userConfig).isSymbolicLink()) rmSync(config.userConfig);
  else if (after !== before) replace(config.userConfig, after);
  return was || after !== before;
}

function includeLine({ folder }: UserConfig): string {
  return `Include ${file(join(folder, "*"))}`;
}

/** All of it or nothing, through a link where there is one; ssh refuses what others may write. */
function replace(path: string, text: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const mode = existsSync(target) ? statSync(target).mode & 0o777 : 0o600;
  const draft = `${target}.hutch-${process.pid}`;
  try {
    writeFileSync(draft, text, { mode });
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
