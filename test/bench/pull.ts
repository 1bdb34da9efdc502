import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DigestAlgorithm, download, hashFile } from "#images";
import type { FigureResult } from "./figures.ts";
import { interleaved, process } from "./measure.ts";

const MIB = 1024 ** 2;
/** As large as cloud images are. */
const IMAGE_MIB = 512;
const ROUNDS = 7;

/** A download with its digest against the slower of the same download by curl and the same digest of a file that is there. */
export async function pullFigures(): Promise<readonly FigureResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "hutch-bench-"));
  const image = join(folder, "image");
  const target = join(folder, "target");
  const handle = await open(image, "w");
  const piece = Buffer.alloc(16 * MIB);
  for (let written = 0; written < IMAGE_MIB; written += 16) await handle.write(randomFillSync(piece));
  // Else the system writes it out while others are measured.
  await handle.sync();
  await handle.close();
  // In a process of its own, as a server is.
  const server = spawn(globalThis.process.execPath, ["--input-type=module", "-e", SERVER, image], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = await once(server.stdout, "data");
    const url = `http://127.0.0.1:${String(port).trim()}/image`;
    const results: FigureResult[] = [];
    for (const algorithm of ["sha256", "sha512"] as const)
      results.push(await pullFigure(url, image, target, algorithm));
    return results;
  } finally {
    if (server.kill("SIGKILL")) await once(server, "exit");
    await rm(folder, { recursive: true, force: true });
  }
}

async function pullFigure(
  url: string,
  image: string,
  target: string,
  algorithm: DigestAlgorithm,
): Promise<FigureResult> {
  const digest = { algorithm, hex: await hashFile(image, undefined, algorithm) };
  const { curl, hash, ours } = await interleaved(
    {
      hash: async () => void (await hashFile(image, undefined, algorithm)),
      curl: process(["curl", "--silent", "--fail", "--output", target, url]),
      ours: async () => void (await download({ url, digest }, target)),
    },
    ROUNDS,
    {
      // A machine that is a guest itself gives memory back to its host, and waits where it gets it anew: as much as a target
      // takes has just been in use before each of them, so that all alike have it at hand.
      before: async () => {
        await copyFile(image, target);
        await rm(target);
      },
    },
  );
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return {
    yardstick: `the slower of curl and ${algorithm}`,
    value: ours / Math.max(curl, hash),
    reach: 1.2,
    detail: `${ms(ours)} against curl ${ms(curl)}, ${algorithm} ${ms(hash)}`,
  };
}

const SERVER = `
  import { createReadStream, statSync } from "node:fs";
  import { createServer } from "node:http";
  const file = process.argv[1];
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-length": statSync(file).size, etag: '"image"' });
    createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(response);
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
