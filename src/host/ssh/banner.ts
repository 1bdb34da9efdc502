import { connect } from "node:net";

/** A guest that is alive answers at once; user-mode networking accepts for a guest that is not, and says nothing. */
const LIMIT_MS = 3_000;

/** Whether an ssh server greets there. False for everything else, an abort included; far cheaper than a try of ssh itself. */
export function answersAsSsh(host: string, port: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve(false);
      return;
    }
    const socket = connect({ host, port });
    let said = "";
    const end = (answers: boolean): void => {
      signal?.removeEventListener("abort", abort);
      socket.destroy();
      resolve(answers);
    };
    const abort = (): void => end(false);
    signal?.addEventListener("abort", abort, { once: true });
    socket.setTimeout(LIMIT_MS, () => end(false));
    socket.on("error", () => end(false));
    socket.on("end", () => end(false));
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1").slice(0, 16);
      if (said.length >= 4) end(said.startsWith("SSH-"));
    });
  });
}
