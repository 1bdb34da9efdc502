/** What the command runs first: from its second start on, Node finds the program compiled, a tenth of `hutch list`. */
import { statSync } from "node:fs";
// Whole, for an older Node has not all that is in it, and would end with a fault of its own.
import * as nodeModule from "node:module";

/** As `engines` of package.json. */
const OLDEST = [22, 13] as const;
/** E_HOST: this host is not ready for hutch. */
const NOT_READY = 6;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(`Error: hutch needs Node ${OLDEST.join(".")} or newer; this is ${process.versions.node}.
  It was started by ${process.execPath}.
  → Install a newer one, and put it first in PATH: https://nodejs.org/en/download
  → In a checkout of hutch its own is there: ./scripts/hutch
`);
  process.exitCode = NOT_READY;
} else {
  const { HOME, XDG_CACHE_HOME } = process.env;
  if (isOurs(XDG_CACHE_HOME || HOME))
    nodeModule.enableCompileCache(`${XDG_CACHE_HOME || `${HOME}/.cache`}/hutch/compiled`);

  await import("./main.ts");
}

/** Behind sudo HOME may be another user's: whose code is not run, and who gets no folders of root's. */
function isOurs(folder: string | undefined): boolean {
  try {
    return folder?.startsWith("/") === true && statSync(folder).uid === process.getuid?.();
  } catch {
    return false;
  }
}
