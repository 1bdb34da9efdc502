import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AptSource, type DebianMirror, mirrorOf, parseDeb822Sources, parseOneLineSources } from "./apt-sources.ts";

const APT_FOLDER = "/etc/apt";

/** The Debian mirror that this machine's own apt uses, else Debian's public address. A machine without apt is no failure. */
export async function hostMirror(aptFolder = APT_FOLDER): Promise<DebianMirror> {
  const folder = join(aptFolder, "sources.list.d");
  const names = await readdir(folder).catch(() => []);
  const files = [join(aptFolder, "sources.list"), ...names.sort().map((name) => join(folder, name))];
  const sources = await Promise.all(files.map(readSources));
  return mirrorOf(sources.flat());
}

async function readSources(file: string): Promise<readonly AptSource[]> {
  const parse = file.endsWith(".sources")
    ? parseDeb822Sources
    : file.endsWith(".list")
      ? parseOneLineSources
      : undefined;
  if (parse === undefined) return [];
  return parse(await readFile(file, "utf8").catch(() => ""));
}
