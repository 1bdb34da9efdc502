/** Types a short story into `hutch ui --demo` and writes what it shows to docs/demo.svg, or to the file that is named. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildHutch } from "../build.ts";
import { PtyScreen } from "./pty-screen.ts";
import { film, type Picture, pictureOf } from "./svg-film.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SIZE = { columns: 100, rows: 30 } as const;

/** What is typed, a key at a time; what has to be on the screen after it; how long that is looked at. Milliseconds. */
type Scene =
  | { readonly keys: readonly string[]; readonly shows: RegExp; readonly ms: number }
  /** So many seconds go by, each looked at, or behind the scenes. */
  | { readonly seconds: number; readonly hidden?: boolean };

const STORY: readonly Scene[] = [
  { keys: [], shows: /VMs 40/, ms: 0 },
  { seconds: 75, hidden: true },
  { seconds: 4 },
  { keys: ["j", "j", "j", "j"], shows: /▸ +\S+/, ms: 500 },
  { keys: ["\r"], shows: /Overview/, ms: 1_600 },
  { keys: ["]"], shows: /top .*\/s/, ms: 600 },
  { seconds: 8 },
  { keys: ["\x1b"], shows: /VMs 40/, ms: 600 },
  { keys: ["/", ..."tag=prod cpu>20"], shows: /VMs \d+ of 40/, ms: 1_200 },
  { keys: ["\r"], shows: /\/tag=prod cpu>20/, ms: 1_200 },
  { keys: ["\x1b"], shows: /VMs 40/, ms: 500 },
  { keys: ["n"], shows: /Launch a VM/, ms: 900 },
  { keys: ["s", "h", "o", "p", "\t", "\t", "4"], shows: /--name shop .*--cpus 4/, ms: 2_000 },
  { keys: ["\x1b"], shows: /VMs 40/, ms: 500 },
  { keys: ["/", ..."scratch-2", "\r"], shows: /VMs 1 of 40/, ms: 600 },
  { keys: ["D"], shows: /type scratch-2 to go on/, ms: 1_200 },
  { keys: [..."scratch-2"], shows: /enter do it/, ms: 900 },
  { keys: ["\r"], shows: /scratch-2: done/, ms: 1_600 },
  { keys: ["\x1b"], shows: /VMs 40/, ms: 500 },
  { keys: ["?"], shows: /Keys/, ms: 2_200 },
  { keys: ["\x1b"], shows: /VMs 40/, ms: 1_500 },
];

/** Between two keys of one scene. */
const KEY_MS = 130;
const SECOND_MS = 700;

async function record(): Promise<readonly Picture[]> {
  // Always the same, for it is on the screen.
  const home = join(tmpdir(), "hutch-demo");
  mkdirSync(home, { recursive: true });
  // Beside the packages that the bundle loads.
  const outdir = mkdtempSync(join(ROOT, "node_modules/.demo-"));
  try {
    await buildHutch(outdir);
    const clock = join(ROOT, "scripts/lib/stepped-clock.ts");
    const env = {
      HOME: home,
      PATH: process.env["PATH"] ?? "",
      TERM: "xterm-256color",
      COLORTERM: "truecolor",
      LANG: "C.UTF-8",
      TZ: "UTC",
    };
    const argv = [process.execPath, "--import", clock, join(outdir, "hutch.js"), "ui", "--demo"] as const;
    await using session = new PtyScreen(argv, { ...SIZE, env });
    const pictures: Picture[] = [];
    for (const scene of STORY) pictures.push(...(await play(session, scene)));
    session.pty.write("q");
    return pictures;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

async function play(session: PtyScreen, scene: Scene): Promise<readonly Picture[]> {
  const pictures: Picture[] = [];
  if ("seconds" in scene) {
    for (let second = 0; second < scene.seconds; second += 1) {
      const before = session.screen();
      session.pty.kill("SIGUSR2");
      await changed(session, before);
      if (scene.hidden !== true) pictures.push(pictureOf(session.terminal, SECOND_MS));
    }
    return pictures;
  }
  for (const key of scene.keys) {
    const before = session.screen();
    session.pty.write(key);
    await changed(session, before);
    pictures.push(pictureOf(session.terminal, KEY_MS));
  }
  await session.shows(scene.shows);
  await still(session);
  return [...pictures.slice(0, -1), ...(scene.ms > 0 ? [pictureOf(session.terminal, scene.ms)] : [])];
}

/** Something else is shown, and nothing more comes. */
async function changed(session: PtyScreen, before: string): Promise<void> {
  const end = performance.now() + 5_000;
  while (session.screen() === before && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 10));
  await still(session);
}

/** What is drawn, and what is read when somebody rests on a row, takes less than that. */
const STILL_MS = 450;

async function still(session: PtyScreen): Promise<void> {
  for (let before = ""; before !== session.screen(); ) {
    before = session.screen();
    await new Promise((resolve) => setTimeout(resolve, STILL_MS));
  }
}

const file = process.argv[2] ?? join(ROOT, "docs/demo.svg");
const svg = film(await record(), SIZE);
writeFileSync(file, svg);
process.stdout.write(`${file}: ${Math.round(Buffer.byteLength(svg) / 1024)} KiB\n`);
