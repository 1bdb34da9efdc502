/** Lines that come while they are looked at, shown together. */

/** Lines that are kept. */
const KEPT_LINES = 1000;
/** Milliseconds. */
const GATHER_MS = 100;

/** `put` gets all that is kept, first of all nothing, and how many of them are new. Resolves when there are no more; fails as `source` does. */
export async function gatherLines(
  source: AsyncIterable<string>,
  put: (lines: readonly string[], fresh: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const lines: string[] = [];
  let fresh = 0;
  let timer: NodeJS.Timeout | null = null;
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (!signal.aborted) put([...lines], fresh);
    fresh = 0;
  };
  flush();
  try {
    for await (const line of source) {
      lines.push(line);
      fresh += 1;
      if (lines.length > KEPT_LINES) lines.shift();
      timer ??= setTimeout(flush, GATHER_MS);
    }
  } finally {
    flush();
  }
}
