/** What a guest writes to its serial console, from libvirt itself: only what comes from now on, and for one reader at a time. */
import { type LibvirtClient, VirErrorNumber } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { ConsoleLines, type OnPrompt, whenChanged } from "./console-lines.ts";
import { libvirtCode } from "./faults.ts";

/** Time between two looks at a VM that does not run, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** While a VM is started anew, the daemon cannot open its terminal yet, or takes the last reader for one that is still there. */
const SETTLED_MS = 5_000;

/**
 * Lines as they come, until the abort; goes on when the VM is started again. E_CONFLICT when somebody else has the console
 * open, E_NOT_FOUND when the VM is gone.
 */
export async function* streamConsole(
  client: LibvirtClient,
  {
    uuid,
    name,
    signal,
    onPrompt,
  }: {
    readonly uuid: string;
    readonly name: string;
    readonly signal: AbortSignal;
    readonly onPrompt?: OnPrompt | undefined;
  },
): AsyncGenerator<string> {
  let refusedSince: number | null = null;
  let hadIt = false;
  const tell = whenChanged(onPrompt);
  while (!signal.aborted) {
    try {
      const onOpen = () => {
        hadIt = true;
        refusedSince = null;
      };
      yield* oneRun(client, uuid, signal, onOpen, tell);
    } catch (error) {
      const code = libvirtCode(error);
      refusedSince ??= performance.now();
      const passes = code === VirErrorNumber.SYSTEM_ERROR || (hadIt && code === VirErrorNumber.OPERATION_FAILED);
      if (!passes || performance.now() - refusedSince > SETTLED_MS)
        throw code === VirErrorNumber.OPERATION_FAILED ? taken(name, error) : error;
    }
    await wakeful(signal, LOOK_EVERY_MS);
  }
}

/** Until the VM stops; none when it does not run. */
async function* oneRun(
  client: LibvirtClient,
  uuid: string,
  signal: AbortSignal,
  onOpen: () => void,
  tell: (rest: readonly string[]) => void,
): AsyncGenerator<string> {
  const written = new ConsoleLines();
  const lines: string[] = [];
  let wake = (): void => undefined;
  let ended = false;
  const console = await opened(client, uuid, (data) => {
    lines.push(...written.take(data));
    wake();
  });
  if (console === null) return;
  onOpen();
  void console.ended.then(() => {
    ended = true;
    wake();
  });
  try {
    while (!signal.aborted) {
      yield* lines.splice(0);
      if (ended) break;
      tell(written.rest());
      await wakeful(signal, null, (end) => {
        wake = end;
        if (lines.length > 0 || ended) end();
      });
    }
    yield* lines.splice(0);
    yield* written.rest();
    tell([]);
  } finally {
    if (!ended) await console.close();
  }
}

/** null while the VM does not run. */
async function opened(client: LibvirtClient, uuid: string, onData: (data: Uint8Array) => void) {
  try {
    return await client.openConsole(uuid, null, onData);
  } catch (error) {
    if (libvirtCode(error) === VirErrorNumber.OPERATION_INVALID) return null;
    throw error;
  }
}

function taken(name: string, cause: unknown): HutchError {
  return new HutchError(
    {
      code: "E_CONFLICT",
      message: `Somebody else has the console of ${name} open.`,
      why: "libvirt gives it to one reader at a time.",
      next: ["Close it there (virsh console ends with Ctrl-]).", `sudo hutch logs ${name}`],
    },
    cause,
  );
}

/** Resolves after `ms` (null: never by itself), at the abort, or when `waiting`'s end is called. */
function wakeful(signal: AbortSignal, ms: number | null, waiting?: (end: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = ms === null ? undefined : setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    else waiting?.(end);
  });
}
