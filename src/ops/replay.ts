/** Finishes the clean-up of operations whose process died. */
import type { Leftover } from "../core/errors.ts";
import type { Interrupted } from "../core/requests.ts";
import { Journal, journalsIn, readJournal, type TryLock } from "./journal.ts";
import { leftoverOf, takeBack, type UndoActions } from "./undo.ts";

export type ReplayEnvironment = {
  readonly journalDirectory: string;
  readonly host: string;
  readonly tryLock: TryLock;
  readonly undo: UndoActions;
};

/** Dead operations on this host, and (with `subject`) on this VM only. Changes nothing. */
export function findInterrupted(env: Omit<ReplayEnvironment, "undo">, subject?: string): readonly Interrupted[] {
  return dead(env, subject).map(({ journal, content }) => {
    journal.end(false);
    return {
      op: content.head.id,
      title: content.head.title,
      undone: [],
      left: content.open.map(({ entry }) => leftoverOf(entry)).reverse(),
    };
  });
}

/** Undoes what they left, last first. What cannot be undone is named, and stays in the journal for the next try. */
export async function replayInterrupted(env: ReplayEnvironment, subject?: string): Promise<readonly Interrupted[]> {
  const done: Interrupted[] = [];
  for (const { journal, content } of dead(env, subject)) {
    const undone: string[] = [];
    const left: Leftover[] = [];
    for (const { n, entry } of [...content.open].reverse()) {
      try {
        await takeBack(env.undo, entry);
        journal.undone(n);
        undone.push(entry.what);
      } catch {
        left.push(leftoverOf(entry));
      }
    }
    journal.end(left.length === 0);
    done.push({ op: content.head.id, title: content.head.title, undone, left });
  }
  return done;
}

function dead(env: Omit<ReplayEnvironment, "undo">, subject: string | undefined) {
  return journalsIn(env.journalDirectory).flatMap((path) => {
    const journal = Journal.takeOver(path, env.tryLock);
    if (journal === null) return [];
    const content = readJournal(path);
    const wanted =
      content !== null &&
      content.head.host === env.host &&
      (subject === undefined || content.head.subject.split(",").includes(subject));
    if (wanted) return [{ journal, content }];
    // A journal without a head is none: the name was freed and taken between the look and the lock.
    journal.end(content === null);
    return [];
  });
}
