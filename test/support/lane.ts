import { chmod, chown, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CHECKOUT, makeNamespace, type Namespace } from "./lane-namespace.ts";
import { type Ran, type Running, type RunOptions, run, start } from "./lane-process.ts";

export type { Ran, Running, RunOptions } from "./lane-process.ts";

/** A home for hutch that shares nothing with the machine's own: no daemon, no network, no user, no KVM. */
export type Lane = AsyncDisposable & {
  /** The lane's folder; this path means the same inside and outside. Removed at the end. */
  readonly root: string;
  /** The lane's libvirt, inside and for this process; a session's answers once something inside has opened it. */
  readonly uri: string;
  /** What commands in the lane find in their environment: HOME, the XDG folders, PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** What goes before a command so that it runs in the lane, for those who start it themselves (a pty); with `env`. */
  readonly enter: readonly string[];
  exec(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  spawn(argv: readonly string[], options?: RunOptions): Running;
  /** The bundled hutch of this checkout. */
  hutch(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Ends every process of the lane, guests and all, and removes its folder. */
  stop(): Promise<void>;
};

export type SystemLane = Lane & {
  /** By SIGKILL, as a crash would: guests run on. */
  killDaemon(): Promise<void>;
  startDaemon(): Promise<void>;
};

/** What `hutch` is in a lane: this checkout's bundle. */
export const HUTCH: readonly [string, string] = [process.execPath, join(CHECKOUT, "dist/hutch.js")];

const LIBVIRT_PATHS = [
  ["etc", "/etc/libvirt"],
  ["lib", "/var/lib/libvirt"],
  ["log", "/var/log/libvirt"],
  ["cache", "/var/cache/libvirt"],
] as const;

const DAEMON_PID = "/run/libvirt/libvirtd.pid";

/**
 * A private system libvirt as root: virtlogd and libvirtd in namespaces of their own, the NAT network `default` defined and
 * not started, guests with internet through it. Inside, `qemu:///system` is this daemon.
 */
export async function startSystemLane(): Promise<SystemLane> {
  const namespace = await makeNamespace(async (root) => {
    for (const [name] of LIBVIRT_PATHS) await mkdir(join(root, name), { mode: 0o755 });
    await mkdir(join(root, "lib/dnsmasq"));
    await mkdir(join(root, "log/qemu"));
    await mkdir(join(root, "lib/images"), { mode: 0o711 });
    await mkdir(join(root, "etc/qemu/networks"), { recursive: true });
    await copyFile("/usr/share/libvirt/networks/default.xml", join(root, "etc/qemu/networks/default.xml"));
    await writeFile(join(root, "etc/libvirtd.conf"), 'auth_unix_rw = "none"\n');
    // libvirt's private /dev for each guest cannot be laid out while something is mounted over /dev/kvm.
    await writeFile(join(root, "etc/qemu.conf"), "namespaces = []\n");
    return LIBVIRT_PATHS.map(([name, target]) => [join(root, name), target] as const);
  });
  const home = join(namespace.root, "home");
  const lane = laneIn(namespace, {
    uri: `qemu+unix:///system?socket=${join(namespace.root, "run/libvirt/libvirt-sock")}`,
    before: [],
    env: homeEnv(home, "root", join(namespace.root, "run/user/0")),
  });
  const must = async (argv: readonly string[]) => {
    const { code, stderr } = await lane.exec(argv);
    if (code !== 0) throw new Error(`${argv.join(" ")} failed (${code}): ${stderr}`);
  };
  const startDaemon = () => must(["libvirtd", "-d", "-p", DAEMON_PID]);
  try {
    await mkdir(home, { mode: 0o700 });
    await mkdir(join(namespace.root, "run/libvirt"));
    // libvirt locks a console's terminal there.
    await mkdir(join(namespace.root, "run/lock"), { mode: 0o1777 });
    await mkdir(join(namespace.root, "run/user/0"), { recursive: true, mode: 0o700 });
    await must(["virtlogd", "-d", "-p", "/run/libvirt/virtlogd.pid"]);
    await startDaemon();
  } catch (error) {
    await lane.stop();
    throw error;
  }
  return {
    ...lane,
    startDaemon,
    killDaemon: async () => {
      const pid = (await readFile(join(namespace.root, DAEMON_PID), "utf8")).trim();
      await must(["kill", "-KILL", pid]);
      while ((await lane.exec(["kill", "-0", pid])).code === 0);
    },
  };
}

/** A user whom only the lane knows: nothing is added to the machine's own lists. */
const USER = { name: "hutch-test", id: 61_500 } as const;

/**
 * An unprivileged user with a home of its own, whose `qemu:///session` starts its own libvirtd at first use. The
 * checkout, the test cache and Node can be read, wherever they are.
 */
export async function startSessionLane(): Promise<Lane> {
  const namespace = await makeNamespace(async (root) => {
    const home = join(root, "home");
    const { name, id } = USER;
    await mkdir(home, { mode: 0o700 });
    await mkdir(join(root, "run/user"));
    await mkdir(join(root, `run/user/${id}`), { mode: 0o700 });
    // libvirt locks a console's terminal there.
    await mkdir(join(root, "run/lock"));
    await chmod(join(root, "run/lock"), 0o1777);
    await chown(home, id, id);
    await chown(join(root, `run/user/${id}`), id, id);
    const lists = [
      ["passwd", `${name}:x:${id}:${id}:hutch test:${home}:/bin/bash\n`],
      ["group", `${name}:x:${id}:\n`],
      ["subuid", `${name}:1000000:65536\n`],
      ["subgid", `${name}:1000000:65536\n`],
    ] as const;
    for (const [list, line] of lists) {
      const known = await readFile(`/etc/${list}`, "utf8").catch(() => "");
      await writeFile(join(root, list), known + line, { mode: 0o644 });
    }
    return lists.map(([list]) => [join(root, list), `/etc/${list}`] as const);
  });
  return laneIn(namespace, {
    uri: `qemu+unix:///session?socket=${join(namespace.root, `run/user/${USER.id}/libvirt/libvirt-sock`)}`,
    before: ["setpriv", `--reuid=${USER.id}`, `--regid=${USER.id}`, "--init-groups", "--"],
    env: homeEnv(join(namespace.root, "home"), USER.name, `/run/user/${USER.id}`),
  });
}

function laneIn(
  { root, enter, stop }: Namespace,
  { uri, before, env }: { uri: string; before: readonly string[]; env: Readonly<Record<string, string>> },
): Lane {
  const prefix = [...enter, ...before];
  const withCwd = (argv: readonly string[], options: RunOptions) => {
    // The folder is meant in the lane, where it may not be what it is outside.
    const { cwd = env["HOME"] ?? "/", ...rest } = options;
    return [[...prefix, "env", `--chdir=${cwd}`, ...argv], { ...rest, env: { ...env, ...options.env } }] as const;
  };
  const exec = (argv: readonly string[], options: RunOptions = {}) => run(...withCwd(argv, options));
  return {
    root,
    uri,
    env,
    enter: prefix,
    exec,
    spawn: (argv, options = {}) => start(...withCwd(argv, options)),
    hutch: (args, options = {}) => exec([...HUTCH, ...args], options),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function homeEnv(home: string, user: string, runtime: string): Record<string, string> {
  const system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return {
    HOME: home,
    USER: user,
    LOGNAME: user,
    SHELL: "/bin/bash",
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    PATH: `${join(CHECKOUT, "node_modules/.bin")}:${system}`,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_DATA_HOME: join(home, ".local/share"),
    XDG_STATE_HOME: join(home, ".local/state"),
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_RUNTIME_DIR: runtime,
  };
}
