import { BEFORE_START } from "./launch-points.ts";

/** Each point of a bake at which something can break, in order; what happens inside the VM is left out. */
export const BAKE_POINTS: readonly string[] = [
  "check before",
  "check after",
  "key before",
  "key undo",
  "key after",
  // From its pool to its start the VM is made as any other is.
  ...BEFORE_START.slice(BEFORE_START.indexOf("pool before")),
  "flatten before",
  "flatten undo",
  "flatten after",
  "compress before",
  "compress after",
  "store before",
  "store undo",
  "store after",
  "purge before",
  "purge after",
  "replace before",
  "replace after",
];
