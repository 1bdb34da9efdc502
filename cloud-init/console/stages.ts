import { cleanConsole } from "./clean.ts";

export type BootStage = {
  /** Which part of the boot the line belongs to. */
  readonly stage: "firmware" | "kernel" | "system" | "cloud-init" | "login";
  /** The line in plain words. */
  readonly text: string;
};

const CLOUD_INIT_STAGES: Readonly<Record<string, string>> = {
  "init-local": "finding its configuration",
  init: "setting up network, users and keys",
  "modules:config": "configuring the system",
  "modules:final": "installing packages and running commands",
};

type Reader = (line: string) => BootStage | null;

/** A line that matches, told in words made of what it captured. */
function reader(stage: BootStage["stage"], pattern: RegExp, words: (captured: string) => string): Reader {
  return (line) => {
    const match = pattern.exec(line);
    return match === null ? null : { stage, text: words((match[1] ?? "").trim()) };
  };
}

/** The first that knows a line tells it. Lines of systemd that are cut short (…) say too little. */
const READERS: readonly Reader[] = [
  reader(
    "cloud-init",
    /\bCloud-init v\. .* running '([^']+)'/,
    (stage) => `cloud-init: ${CLOUD_INIT_STAGES[stage] ?? stage}`,
  ),
  reader(
    "cloud-init",
    /\bCloud-init v\. .* finished at .*Up ([\d.]+) seconds/,
    (seconds) => `cloud-init: finished ${Math.round(Number(seconds))} s after the start`,
  ),
  reader("firmware", /^(SeaBIOS|UEFI firmware|GNU GRUB|Booting from [^.]*)/, (what) => what),
  reader("kernel", /^\[ +\d+\.\d+\] (Linux version \S+)/, (version) => version),
  reader("kernel", /^\[ +\d+\.\d+\] (Kernel panic.*)/, (panic) => panic),
  reader("kernel", /^\[ +\d+\.\d+\] .*EXT4-fs \((\S+?)\): mounted filesystem/, (disk) => `root disk ${disk} mounted`),
  reader("system", /systemd\[1\]: (Detected virtualization \S+?)\.?$/, (what) => what),
  reader("system", /\[ *(?:FAILED) *\] (Failed to start .*?)\.?$/, (what) => what),
  reader(
    "system",
    /\[ *OK *\] (?:Started|Finished|Reached target) (?:[\w@\\.:-]+ - )?([^…]*?)(?:\.{1,3})?$/,
    (what) => what,
  ),
  reader("system", /^ {8} (?:Starting|Mounting) (?:[\w@\\.:-]+ - )?([^…]*?)(?:\.{1,3})?$/, (what) => `${what} …`),
  reader("login", /^(\S+) login: *$/, (host) => `${host} is up`),
];

/** What a line of a serial console says of the boot's progress, or null when it says nothing of it. */
export function bootStage(consoleLine: string): BootStage | null {
  const line = cleanConsole(consoleLine).trimEnd();
  for (const read of READERS) {
    const stage = read(line);
    if (stage !== null) return stage;
  }
  return null;
}
