/** Up to here a launch that breaks leaves nothing. "undo" comes once for each thing that is to be made. */
export const BEFORE_START = [
  "check before",
  "check after",
  "pool before",
  "pool after",
  "claim before",
  "claim undo",
  "claim undo",
  "claim after",
  "image before",
  "image after",
  "disk before",
  "disk undo",
  "disk after",
  "seed before",
  "seed undo",
  "seed after",
  "network before",
  "network undo",
  "network after",
  "start before",
  "start after",
] as const;

/** The VM runs: it is kept when something breaks here. */
export const ONCE_STARTED = ["running before", "running after", "seal before", "seal after"] as const;

/** Each point of `launch` at which something can break, in order. */
export const LAUNCH_POINTS = [...BEFORE_START, ...ONCE_STARTED] as const;
