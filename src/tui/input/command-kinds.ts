/** How a command is run depends on what it is. */

/** Commands that talk with the person at the terminal. */
export const TALKS = new Set(["shell", "ssh", "console", "exec", "edit", "doctor"]);

/** Whether a command is about hutch's own config, which is no host's. */
export function isAboutHutch([noun, verb]: readonly string[]): boolean {
  return noun === "config" || (noun === "host" && verb !== "info");
}
