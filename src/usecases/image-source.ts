/** Where a VM's base image comes from: the store, the catalogue, or a file; found before anything is made. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type CatalogueEntry, findImage } from "#images";
import { HutchError } from "../core/errors.ts";
import type { MachineSpec } from "../core/machine/spec.ts";
import { listBases } from "../host/base-images.ts";
import type { BaseImage } from "../host/image-label.ts";
import { findPool } from "../host/pool.ts";
import type { Context } from "./context.ts";

export type ImageSource =
  | { readonly kind: "store"; readonly base: BaseImage }
  | { readonly kind: "catalogue"; readonly entry: CatalogueEntry }
  | { readonly kind: "file"; readonly path: string };

/** `word` as the user said it: a path, an image of the store, a catalogue name. E_NOT_FOUND with near names. */
export async function findSource(
  ctx: Context,
  { image, arch }: Pick<MachineSpec, "image" | "arch">,
): Promise<ImageSource> {
  if (image.includes("/") || /\.(qcow2|img|raw)$/.test(image)) return fileSource(image);
  const stored = await storedBases(ctx);
  const named = (name: string) =>
    stored.filter((base) => base.name === name).sort((a, b) => b.addedAt.localeCompare(a.addedAt))[0];
  const found = findImage(image);
  const base = named(image) ?? ("suggestions" in found ? undefined : named(found.name));
  if (base !== undefined) return { kind: "store", base };
  if ("suggestions" in found) {
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `There is no image "${image}".`,
      next: [...found.suggestions.map((name) => `Did you mean ${name}?`), "hutch image find"],
    });
  }
  if (!found.arches.includes(arch))
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `${found.name} is not published for ${arch}.`,
      next: ["hutch image find"],
    });
  return { kind: "catalogue", entry: found };
}

function fileSource(path: string): ImageSource {
  if (existsSync(path)) return { kind: "file", path: resolve(path) };
  throw new HutchError({
    code: "E_NOT_FOUND",
    message: `There is no image file ${path}.`,
    next: ["hutch image ls", "hutch image find"],
  });
}

export async function storedBases(ctx: Context): Promise<readonly BaseImage[]> {
  const pool = await findPool(ctx.client);
  return pool === null ? [] : listBases(ctx.client, pool);
}
