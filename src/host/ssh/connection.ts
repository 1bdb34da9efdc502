/** The shared connection to a VM: whether it is open, and tries to open it. */
import { connect } from "node:net";
import type { Paths } from "../paths.ts";
import { run } from "../processes.ts";
import { answersAsSsh } from "./banner.ts";
import { controlSocket, type SshTarget, sshArgv } from "./command.ts";

type SshPaths = Pick<Paths, "sshKey" | "knownHosts" | "sshControl">;

/** `later`: it may still be starting. `never`: asking again gives the same answer. `said` tells why. */
export type Opening = { readonly state: "open" | "later" | "never"; readonly said: string };

/** One try, in milliseconds: a guest that boots takes connections before it answers them, and people type. */
const LIMIT_MS = 30_000;
const TYPING_MS = 120_000;

/** What ssh says of a guest that is not up yet. */
const NOT_UP =
  /No route to host|Connection refused|timed out|unreachable|Host is down|kex_exchange_identification|Connection (?:closed|reset) by|It took too long|It hung up/;

/** A question of less than a millisecond, where a new connection takes a guest some hundred. False where no socket has room. */
export function isOpen(paths: SshPaths, target: SshTarget): Promise<boolean> {
  const path = controlSocket(paths, target);
  if (path === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (answers: boolean) => (): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once("connect", end(true)).once("error", end(false));
  });
}

/** Logs in once, which leaves the shared connection open. With `asks`, ssh may ask for a passphrase on the caller's terminal. */
export async function tryToOpen(
  paths: SshPaths,
  target: SshTarget,
  { asks = false, signal }: { readonly asks?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<Opening> {
  if (!(await answersAsSsh(target.host, target.port, signal)))
    return { state: "later", said: `Nothing answers as ssh at ${target.host} port ${target.port}.` };
  const { code, stderr, timedOut } = await run(sshArgv(paths, target, { argv: ["true"], tty: false, asks }), {
    atTerminal: asks,
    timeoutMs: asks ? TYPING_MS : LIMIT_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (code === 0) return { state: "open", said: "" };
  // At this level of its log ssh has no words for a server that hangs up, as one does while the guest starts or stops.
  const said = timedOut ? "It took too long." : stderr.trim().split("\n").at(-1) || "It hung up.";
  return { state: NOT_UP.test(said) ? "later" : "never", said };
}
