/**
 * Ports of the host that systemd leads to a VM with an address of its own: a socket unit that listens, and a service of
 * systemd's own socket proxy behind it. Nothing of hutch runs for it.
 */
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HutchError } from "../core/errors.ts";
import { formatForward } from "../core/forward-syntax.ts";
import type { PortForward } from "../core/machine/spec.ts";
import type { Home } from "./home.ts";
import { SYSTEM_UNITS, SYSTEMD, systemctl, unitText } from "./systemd.ts";

/** The VM that the ports lead into; its address is one that is kept for it. */
export type Target = { readonly uuid: string; readonly name: string; readonly address: string };
export type Unit = { readonly file: string; readonly text: string };

const PROXIES = ["/usr/lib/systemd/systemd-socket-proxyd", "/lib/systemd/systemd-socket-proxyd"];
const UNIT_FILE = /^hutch-forward-([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})-\d+\.(?:socket|service)$/;
const LOOK = "systemctl status 'hutch-forward-*'";

/** Whether this host itself runs the VMs of this home, and systemd runs it. */
export function canForward(home: Home, systemd = SYSTEMD): boolean {
  return !home.remote && home.driver === "qemu" && home.mode === "system" && existsSync(systemd);
}

/** E_HOST where the host's systemd comes without its proxy. */
export function socketProxy(proxies: readonly string[] = PROXIES): string {
  const found = proxies.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new HutchError({
    code: "E_HOST",
    message: "This host has no systemd-socket-proxyd, which leads ports to a VM.",
    why: `It is part of systemd, and was looked for at ${proxies.join(" and ")}.`,
    next: ["Install it, as apt install systemd or dnf install systemd do."],
  });
}

/** Socket and service of one port, in this order; TCP only. */
export function forwarderUnits(target: Target, forward: PortForward, proxy: string): readonly [Unit, Unit] {
  const name = unitName(target.uuid, forward);
  const comment = `Written by hutch: ${formatForward(forward)} of the VM ${target.uuid}. hutch port rm removes it.`;
  const about = `Port ${forward.hostPort} of this host into the VM ${target.name}`;
  const socket = unitText(comment, [
    { name: "Unit", lines: [["Description", about]] },
    {
      name: "Socket",
      lines: [
        ["ListenStream", endpoint(forward.hostAddress, forward.hostPort)],
        // An address of the host may come up later than its sockets.
        ["FreeBind", "yes"],
      ],
    },
    { name: "Install", lines: [["WantedBy", "sockets.target"]] },
  ]);
  const service = unitText(comment, [
    {
      name: "Unit",
      lines: [
        ["Description", about],
        ["Requires", `${name}.socket`],
        ["After", `${name}.socket`],
      ],
    },
    {
      name: "Service",
      lines: [
        ["ExecStart", `${proxy} ${endpoint(target.address, forward.guestPort)}`],
        ["DynamicUser", "yes"],
        ["PrivateDevices", "yes"],
        ["ProtectHome", "yes"],
        ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"],
      ],
    },
  ]);
  return [
    { file: `${name}.socket`, text: socket },
    { file: `${name}.service`, text: service },
  ];
}

/** The ports that units of this host lead into the VM of this UUID, as their files are called without ending. */
export function forwardersOf(uuid: string, folder = SYSTEM_UNITS): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.startsWith(`hutch-forward-${uuid}-`) && /\.(socket|service)$/.test(file))
    .map((file) => file.replace(/\.\w+$/, ""))
    .filter((name, index, all) => all.indexOf(name) === index);
}

/** The VMs that units of this host lead ports into, whether there are such VMs or not. */
export function forwardedUuids(folder = SYSTEM_UNITS): readonly string[] {
  if (!existsSync(folder)) return [];
  const uuids = readdirSync(folder).map((file) => UNIT_FILE.exec(file)?.[1]);
  return [...new Set(uuids.filter((uuid) => uuid !== undefined))];
}

/**
 * systemd leads exactly these ports into the VM afterwards; with no target, none. E_HOST where the units cannot be written or
 * systemd refuses; what was changed until then stays changed, and the same call again goes on.
 */
export async function settleForwarders(
  uuid: string,
  target: Target | null,
  wanted: readonly PortForward[],
  folder = SYSTEM_UNITS,
): Promise<void> {
  const units = target === null ? [] : wanted.map((forward) => forwarderUnits(target, forward, socketProxy()));
  const kept = units.filter((pair) => pair.every((unit) => isWritten(folder, unit)));
  const fresh = units.filter((pair) => !kept.includes(pair));
  const names = (pairs: typeof units) => pairs.map(([socket]) => socket.file.replace(/\.socket$/, ""));
  const gone = forwardersOf(uuid, folder).filter((name) => !names(kept).includes(name));
  if (gone.length === 0 && fresh.length === 0) return;
  // Before anything is stopped.
  writable(folder, () => accessSync(folder, constants.W_OK));
  for (const name of gone) {
    const files = ["socket", "service"].map((ending) => `${name}.${ending}`);
    const there = files.filter((file) => existsSync(join(folder, file)));
    // One that was written and never loaded is no failure.
    await systemctl(["stop", ...there], LOOK).catch(() => undefined);
    await systemctl(["disable", ...there], LOOK);
    writable(folder, () => {
      for (const file of files) rmSync(join(folder, file), { force: true });
    });
  }
  writable(folder, () => {
    for (const { file, text } of fresh.flat()) writeFileSync(join(folder, file), text, { mode: 0o644 });
  });
  await systemctl(["daemon-reload"], LOOK);
  for (const [{ file }] of fresh) {
    await systemctl(["enable", file], LOOK);
    await systemctl(["start", file], LOOK);
  }
}

function isWritten(folder: string, { file, text }: Unit): boolean {
  const path = join(folder, file);
  return existsSync(path) && readFileSync(path, "utf8") === text;
}

function writable(folder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new HutchError(
      {
        code: "E_HOST",
        message: `${folder} cannot be written, where the units are that lead ports into a VM.`,
        why: error instanceof Error ? error.message : String(error),
        next: ["The same command with sudo."],
      },
      error,
    );
  }
}

function unitName(uuid: string, { hostPort }: PortForward): string {
  return `hutch-forward-${uuid}-${hostPort}`;
}

function endpoint(address: string, port: number): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
