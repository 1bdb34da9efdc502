/** The size of this terminal's window, told to whoever sits at the other end of a serial line. */
import type { ConsoleSession } from "../core/enter.ts";
import type { Cli } from "./cli.ts";

/** A window that is dragged has many sizes: the one at which it rests is told. */
const RESTS_MS = 200;
/** A getty begins with a line of no size, after each logout and each boot. */
const LOGIN_PROMPT = /login: $/;

export type ToldWindow = {
  /** Of what the guest writes: where it asks for a name, it has forgotten the size. */
  seen(data: Uint8Array): void;
  release(): void;
};

/** Tells it now, and at each change; one at a time, the newest last. What cannot be told is not. */
export function toldWindow({ terminal: { stdout } }: Cli, session: ConsoleSession): ToldWindow {
  let resting: NodeJS.Timeout | undefined;
  let telling = false;
  let changed = false;
  const tell = async () => {
    changed = true;
    if (telling) return;
    telling = true;
    while (changed) {
      changed = false;
      await session.resize({ rows: stdout.rows ?? 24, columns: stdout.columns ?? 80 });
    }
    telling = false;
  };
  const soon = () => {
    clearTimeout(resting);
    resting = setTimeout(tell, RESTS_MS);
  };
  stdout.on("resize", soon);
  void tell();
  return {
    seen: (data) => {
      if (LOGIN_PROMPT.test(Buffer.from(data).toString("latin1").slice(-16))) soon();
    },
    release: () => {
      clearTimeout(resting);
      changed = false;
      stdout.off("resize", soon);
    },
  };
}
