import { join } from "node:path";
import { ImageError, isImageError } from "./errors.ts";
import { convertForeign, isFixedVhd, isForeign } from "./foreign-disk.ts";
import { assertUsable, type ImageFacts, inspectImage } from "./inspect.ts";
import { extractOva, isOva } from "./ova.ts";
import { packingOfFile, type UnpackOptions, unpackFile } from "./unpack.ts";

export type UsableOptions = UnpackOptions & {
  /** What is being done to the file, in words. */
  readonly onNote?: (text: string) => void;
};

/** Unpacked once, taken out of an appliance once, and what was in that perhaps packed again: nobody packs deeper. */
const LAYERS = ["inside-0", "inside-1", "inside-2"] as const;
const CONVERTED = "converted.qcow2";

/**
 * Makes of whatever file this is an image that a VM may be given: unpacks it, takes it out of an appliance, converts it from
 * another hypervisor's format; what is qcow2 or raw already is left where it is. New files are made in `workDir`. The result
 * is inspected like any other.
 *
 * Fails as `unpackFile`, `extractOva`, `convertForeign`, `inspectImage` and `assertUsable`.
 */
export async function makeUsable(file: string, workDir: string, options: UsableOptions = {}): Promise<ImageFacts> {
  try {
    return await madeUsable(file, workDir, options);
  } catch (error) {
    throw namedByOutermost(error, file, workDir);
  }
}

async function madeUsable(file: string, workDir: string, options: UsableOptions): Promise<ImageFacts> {
  const { signal, onNote, digest, ...others } = options;
  let at = file;
  for (const layer of LAYERS) {
    const next = join(workDir, layer);
    const packing = await packingOfFile(at);
    if (packing !== undefined) {
      onNote?.(`It is packed with ${packing}: unpacking.`);
      const wanted = at === file && digest !== undefined ? { digest } : {};
      await unpackFile(at, next, { ...others, ...wanted, ...(signal === undefined ? {} : { signal }) });
    } else if (await isOva(at)) {
      onNote?.("It is an appliance: taking its disk out.");
      await extractOva(at, next, signal);
    } else break;
    at = next;
  }
  const { facts, format } = await recognised(at, signal);
  if (!isForeign(format)) {
    assertUsable(facts);
    return facts;
  }
  onNote?.(`It is a ${format} disk: converting it to qcow2.`);
  const converted = join(workDir, CONVERTED);
  await convertForeign(at, format, converted, signal);
  const result = await inspectImage(converted, signal);
  assertUsable(result);
  return result;
}

/** What is wrong with a file that is gone again is said of the one that was given. */
function namedByOutermost(error: unknown, file: string, workDir: string): unknown {
  if (!isImageError(error) || error.kind !== "unusable") return error;
  const { kind, message, why, next } = error;
  const made = [...LAYERS, CONVERTED].map((name) => join(workDir, name));
  const named = (text: string, name: string): string =>
    made.reduce((said, path) => said.replaceAll(path, () => name), text);
  return new ImageError(kind, named(message, `What is inside ${file}`), {
    ...(why === undefined ? {} : { why: named(why, file) }),
    next,
    cause: error,
  });
}

/**
 * As far as it can be told without making anything of the file: what is packed, in an appliance or in another hypervisor's
 * format is null here, and known once `makeUsable` has been at it. Fails as `inspectImage` and `assertUsable`.
 */
export async function checkUsable(file: string, signal?: AbortSignal): Promise<ImageFacts | null> {
  if ((await packingOfFile(file)) !== undefined || (await isOva(file))) return null;
  const { facts, format } = await recognised(file, signal);
  if (isForeign(format)) return null;
  assertUsable(facts);
  return facts;
}

/** A fixed disk of Virtual PC is taken for a raw one by its beginning. */
async function recognised(file: string, signal?: AbortSignal) {
  const facts = await inspectImage(file, signal);
  return { facts, format: facts.format === "raw" && (await isFixedVhd(file)) ? "vpc" : facts.format };
}
