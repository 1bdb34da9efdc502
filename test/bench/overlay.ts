import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { hashFile } from "#images";
import { importBase } from "../../src/host/base-images.ts";
import { openClient } from "../../src/host/connection.ts";
import { chooseHome } from "../../src/host/home.ts";
import { callerOf, pathsOf } from "../../src/host/paths.ts";
import { ensurePool } from "../../src/host/pool.ts";
import { createOverlay, deleteVolume } from "../../src/host/volumes.ts";
import type { FigureResult } from "./figures.ts";
import { interleaved } from "./measure.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What a new VM's disk costs on a base that is there: time and space. */
export async function overlayFigures(uri: string, folder: string): Promise<readonly FigureResult[]> {
  const caller = callerOf(process.env);
  const home = chooseHome({ uri, env: {}, uid: caller.uid, groups: caller.groups });
  const client = await openClient(home);
  const paths = pathsOf({ HOME: folder }, caller);
  const pool = await ensurePool(client, home, paths);
  const file = join(folder, "base.qcow2");
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", file, "3G"]);
  const about = {
    name: "bench",
    sha256: await hashFile(file),
    format: "qcow2",
    virtualBytes: 3 * GIB,
    trust: "made for this",
    arch: "x86_64",
    origin: null,
    addedAt: "",
  } as const;
  const base = await importBase(client, pool, file, about, { workFolder: folder, locks: paths.locks });
  let made = 0;
  let largest = 0;
  const { overlay } = await interleaved(
    { overlay: () => createOverlay(client, pool, { base, name: `t-${made++}.qcow2`, bytes: 20 * GIB }) },
    10,
  );
  for (let index = 0; index < made; index++) {
    const row = await client.call("volume.lookup", { pool: pool.name, name: `t-${index}.qcow2` });
    largest = Math.max(largest, row?.allocationBytes ?? Number.POSITIVE_INFINITY);
    await deleteVolume(client, pool.name, `t-${index}.qcow2`);
  }
  await client.close();
  return [
    {
      yardstick: "its time",
      value: overlay,
      reach: 150,
      unit: " ms",
      detail: `20 GiB on a base of 3 GiB, ${made} made`,
    },
    { yardstick: "its space", value: largest / MIB, reach: 1, unit: " MiB", detail: "the largest of them" },
  ];
}
