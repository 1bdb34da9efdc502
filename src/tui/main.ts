/** The terminal UI, opened: what this terminal can do decides how, and it gets the terminal back whole. */
import type { UiSettings } from "../core/ui-settings.ts";
import { Stage, type Streams } from "./ink/show.ts";
import type { Door } from "./live/door.ts";
import { Program } from "./program.ts";
import { speak } from "./speech/speak.ts";
import { detectLook, type ThemeName } from "./theme/look.ts";

export type UiOptions = {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly demo: boolean;
  readonly readonly: boolean;
  readonly ascii: boolean | undefined;
  readonly noColor: boolean;
  readonly theme: ThemeName | undefined;
  readonly mouse: boolean;
  readonly screenReader: boolean;
  /** As the config said when hutch was opened. */
  readonly settings: Pick<UiSettings, "keys" | "views">;
  readonly config: Door["config"];
  readonly hosts: Door["hosts"];
  readonly commands: Door["commands"];
  readonly run: Door["run"];
  readonly attach: Door["attach"];
};

const FRAMES_A_SECOND = 30;
/** A host that does not answer is not waited for longer than this once the screen is gone. Milliseconds. */
const FAREWELL_MS = 4_000;

/** Resolves to the exit code when somebody quits or a signal comes. */
export async function runUi(options: UiOptions): Promise<number> {
  const { streams, env, demo, readonly, settings, hosts, config, commands, run, attach } = options;
  const { columns = 80, rows = 24 } = streams.stdout;
  const look = detectLook(env, {
    noColor: options.noColor,
    theme: options.theme,
    ...(options.ascii === undefined ? {} : { ascii: options.ascii }),
  });
  const stage = new Stage({
    streams,
    look,
    mouse: options.mouse,
    maxFps: FRAMES_A_SECOND,
  });
  const program = new Program({
    about: { size: { columns, rows }, demo, readonly, ascii: look.glyphs.ascii },
    door: { hosts, config, commands, run, attach },
    hands: stage,
    settings,
    now: Date.now,
    sleep,
  });
  // What can be seen comes first: the host is opened while the screen is there already.
  const ended = options.screenReader ? speak(program, streams) : stage.show(program);
  program.start();
  try {
    return await ended;
  } finally {
    const waited = new AbortController();
    await Promise.race([program.stop(), sleep(FAREWELL_MS, waited.signal)]);
    waited.abort();
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, Math.max(0, ms));
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}
