/** What the command runs first: from its second start on, Node finds the program compiled, a tenth of `hutch list`. */
import { statSync } from "node:fs";
import { enableCompileCache } from "node:module";

const { HOME, XDG_CACHE_HOME } = process.env;
if (isOurs(XDG_CACHE_HOME || HOME)) enableCompileCache(`${XDG_CACHE_HOME || `${HOME}/.cache`}/hutch/compiled`);

await import("./main.ts");

/** Behind sudo HOME may be another user's: whose code is not run, and who gets no folders of root's. */
function isOurs(folder: string | undefined): boolean {
  try {
    return folder?.startsWith("/") === true && statSync(folder).uid === process.getuid?.();
  } catch {
    return false;
  }
}
