/** The systemd unit that starts VMs in order with the host, or with the user's own systemd. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { HutchError } from "../core/errors.ts";
import type { Home } from "./home.ts";
import { SYSTEM_UNITS, SYSTEMD, systemctl } from "./systemd.ts";

const NAME = "hutch-autostart.service";
const LOOK = `systemctl status ${NAME}`;
const LINGER = "/var/lib/systemd/linger";

export type BootPlace = {
  readonly file: string;
  /** Of systemctl: whose systemd is meant. */
  readonly scope: readonly string[];
};

/** E_HOST without systemd, and for drivers and hosts that start nothing from here. */
export function bootPlace(home: Home, configFolder: string, systemd = SYSTEMD): BootPlace {
  if (home.remote || home.driver !== "qemu" || home.mode === "other") {
    throw new HutchError({
      code: "E_HOST",
      message: `Nothing of this host starts VMs at ${home.uri}.`,
      next: ["Run hutch autostart on that host itself."],
    });
  }
  if (!existsSync(systemd)) {
    throw new HutchError({
      code: "E_HOST",
      message: "This host is not run by systemd, so there is nothing that could start VMs in order.",
      why: "hutch has no daemon of its own.",
      next: ["Let whatever starts services here run: hutch start --autostart"],
    });
  }
  return home.mode === "session"
    ? { file: join(configFolder, "systemd/user", NAME), scope: ["--user"] }
    : { file: join(SYSTEM_UNITS, NAME), scope: [] };
}

/** `command` is hutch itself, as argv. */
export function bootUnit(command: readonly string[], home: Pick<Home, "uri" | "mode">): string {
  const session = home.mode === "session";
  return `${[
    "# Written by hutch autostart enable; hutch autostart disable removes it.",
    "[Unit]",
    "Description=Virtual machines of hutch, in order",
    // A user's own systemd knows none of these.
    ...(session
      ? []
      : [
          "After=libvirtd.service virtqemud.socket virtnetworkd.socket network-online.target",
          "Wants=network-online.target",
        ]),
    "",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    "TimeoutStartSec=infinity",
    `ExecStart=${[...command, "start", "--autostart", "--connect", home.uri].map(quoted).join(" ")}`,
    "",
    "[Install]",
    `WantedBy=${session ? "default.target" : "multi-user.target"}`,
  ].join("\n")}\n`;
}

/** Whether a user's VMs can run while nobody is logged in. */
export function lingers(user: string): boolean {
  return existsSync(join(LINGER, user));
}

/** E_HOST when it cannot be written or systemd refuses; nothing is left then. */
export async function enableUnit({ file, scope }: BootPlace, text: string): Promise<void> {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
  } catch (error) {
    throw new HutchError(
      {
        code: "E_HOST",
        message: `${file} cannot be written.`,
        why: error instanceof Error ? error.message : String(error),
        next: ["sudo hutch autostart enable"],
      },
      error,
    );
  }
  try {
    await systemctl([...scope, "daemon-reload"], LOOK);
    await systemctl([...scope, "enable", NAME], LOOK);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** Not there is no failure. */
export async function disableUnit({ file, scope }: BootPlace): Promise<void> {
  if (!existsSync(file)) return;
  await systemctl([...scope, "disable", NAME], LOOK);
  rmSync(file, { force: true });
  await systemctl([...scope, "daemon-reload"], LOOK);
}

/** A word of ExecStart: systemd takes quotes, backslashes, its own percent signs and dollars. */
function quoted(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@+=:,./%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
