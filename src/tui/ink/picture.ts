/** The screen's lines as they should be now. */
import { type FrameScope, frame } from "../layout/frame.ts";
import type { Program } from "../program.ts";
import type { Look } from "../theme/look.ts";

/** Returns the very same lines for as long as nothing that can be seen has changed: then there is nothing to draw. */
export function picture(program: Program, look: Look): () => readonly string[] {
  let of: FrameScope["state"] | null = null;
  let lines: readonly string[] = [];
  return () => {
    const ground = program.ground();
    if (ground.state === of) return lines;
    const next = frame({ ...ground, look });
    of = ground.state;
    if (next.length !== lines.length || next.some((line, row) => line !== lines[row])) lines = next;
    return lines;
  };
}
