/** What a removal would take with it, asked of the hosts while the question stands. */
import { asHutchError } from "../../core/errors.ts";
import type { Hutch } from "../../index.ts";
import { type Action, byHost, type Target } from "../actions/action.ts";
import type { Message } from "../store/messages.ts";
import type { Confirm, State } from "../store/state.ts";

export type LossesGround = {
  readonly get: () => State;
  readonly send: (message: Message) => void;
  readonly hutch: (host: string | undefined) => Hutch | null;
};

/** Puts the answer into the question, unless that is gone by then. */
export async function askLosses(
  { action, targets }: { readonly action: Action; readonly targets: readonly Target[] },
  { get, send, hutch }: LossesGround,
): Promise<void> {
  const question = () => {
    const top = get().overlays.at(-1);
    return top?.k === "confirm" ? top : null;
  };
  const before = question();
  const put = (lines: Confirm["lines"]) => {
    const now = question();
    if (before !== null && now?.action === before.action) send({ m: "redo", overlay: { ...now, lines } });
  };
  try {
    const told = await Promise.all(
      byHost(targets, get()).map(([host, own]) => {
        const there = hutch(host?.name);
        const names = own.map(({ name }) => name);
        return there === null ? [] : action.losses?.(there, names);
      }),
    );
    put({ how: "ready", value: told.flatMap((each) => each ?? []) });
  } catch (error) {
    put({ how: "failed", message: asHutchError(error).message, value: null });
  }
}
