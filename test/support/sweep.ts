import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PREFIX = "hutch-lane-";
const RECORD = "lane.json";

/** A process number says nothing by itself, for numbers are used again: with the start time it means one process. */
type Identity = { readonly pid: number; readonly startTime: string };

/** Who made a lane, and the process that holds its namespaces. */
type LaneRecord = { readonly owner: Identity; readonly holder: Identity | null };

/** A new folder for a lane of this process, which the lane's QEMU may look into. */
export async function newLaneFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), PREFIX));
  await chmod(root, 0o755);
  await recordLane(root, undefined);
  return root;
}

/** Writes down whose lane this is, for a sweep after a crash. */
export async function recordLane(root: string, holder: number | undefined): Promise<void> {
  const owner = await identify(process.pid);
  if (owner === null) throw new Error("This process is not in /proc.");
  const record: LaneRecord = { owner, holder: holder === undefined ? null : await identify(holder) };
  await writeFile(join(root, RECORD), JSON.stringify(record));
}

/**
 * Removes every lane whose maker is gone: ends what still runs in it, and deletes its folder. Lanes in use are left alone.
 * Gives back the folders that it removed.
 */
export async function sweep(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const root = join(tmpdir(), name);
    const record = await readRecord(join(root, RECORD));
    if (record !== null && (await isRunning(record.owner))) continue;
    if (record?.holder) await end(record.holder);
    await rm(root, { recursive: true, force: true });
    removed.push(root);
  }
  return removed;
}

async function readRecord(file: string): Promise<LaneRecord | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as LaneRecord;
  } catch {
    return null;
  }
}

/** The holder takes the first process of the namespaces with it, and that takes all others. */
async function end(holder: Identity): Promise<void> {
  if (!(await isRunning(holder))) return;
  process.kill(holder.pid, "SIGKILL");
  while (await isRunning(holder)) await sleep(20);
}

async function isRunning(process: Identity): Promise<boolean> {
  return (await identify(process.pid))?.startTime === process.startTime;
}

/** Null when there is no such process, or only its exit code is left of it. */
async function identify(pid: number): Promise<Identity | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold blanks; what follows is state (third field) up to start time (22nd).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state] = fields;
    const startTime = fields[19];
    return startTime === undefined || state === "Z" ? null : { pid, startTime };
  } catch {
    return null;
  }
}

if (import.meta.main) {
  for (const root of await sweep()) console.error(`Removed a lane that a crash had left: ${root}`);
}
