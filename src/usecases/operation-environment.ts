import { FileLock } from "#ffi";
import type { OpEnvironment } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { undoActions } from "./undo-actions.ts";

export function operationEnvironment(ctx: Context): OpEnvironment {
  return {
    journalDirectory: ctx.paths.journal,
    host: ctx.home.uri,
    tryLock: (path) => FileLock.tryAcquire(path),
    undo: undoActions(ctx),
    now: ctx.now,
    newId: ctx.newId,
    settled: () => ctx.client.settled(),
    ...(ctx.probe === undefined ? {} : { probe: ctx.probe }),
  };
}
