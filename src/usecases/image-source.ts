/** Where a VM's base image comes from: the store, the catalogue, or a file; found before anything is made. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type CatalogueEntry, findImage, imageWord, OCI_SCHEME, parseReference, type Reference } from "#images";
import { HutchError } from "../core/errors.ts";
import type { MachineSpec } from "../core/machine/spec.ts";
import { shellWord } from "../core/shell-word.ts";
import { listBases } from "../host/base-images.ts";
import type { BaseImage } from "../host/image-label.ts";
import { findPool } from "../host/pool.ts";
import type { Context } from "./context.ts";
import { withImageErrors } from "./image-errors.ts";
import { missingImage } from "./missing-image.ts";

export type ImageSource =
  | { readonly kind: "store"; readonly base: BaseImage }
  /** `build` is the publisher's name of one; null for the newest. */
  | { readonly kind: "catalogue"; readonly entry: CatalogueEntry; readonly build: string | null }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "registry"; readonly reference: Reference; readonly name: string };

/**
 * An image in a registry by its `oci://` address, and what it is called in the store: never like an image of the catalogue,
 * which it is not. E_USAGE for an address that is none.
 */
export async function registrySource(text: string): Promise<Extract<ImageSource, { readonly kind: "registry" }>> {
  const reference = await withImageErrors(async () => parseReference(text));
  const { repository, target } = reference;
  const tag = target === "latest" || target.startsWith("sha256:") ? [] : [target];
  const name = [...repository.split("/"), ...tag].join("-");
  const isTaken = !("suggestions" in findImage(name));
  return { kind: "registry", reference, name: isTaken ? `oci-${name}` : name };
}

/** As the user said it: a path (E_INVALID when it may not be read, E_USAGE for a folder), a name of the store or the catalogue. E_NOT_FOUND with near names. */
export async function findSource(
  ctx: Context,
  { image, arch }: Pick<MachineSpec, "image" | "arch">,
): Promise<ImageSource> {
  if (image.startsWith(OCI_SCHEME)) {
    const source = await registrySource(image);
    const stored = (await storedBases(ctx)).find(
      ({ origin }) => origin?.kind === "registry" && origin.reference === source.reference.text,
    );
    return stored === undefined ? source : { kind: "store", base: stored };
  }
  if (image.includes("/") || /\.(qcow2|img|raw)$/.test(image)) return fileSource(image);
  const { build } = imageWord(image);
  const stored = await storedBases(ctx);
  const named = (name: string) => stored.find((base) => base.name === name);
  const found = findImage(image);
  const base = named(image) ?? ("suggestions" in found ? undefined : named(storeName(found, build)));
  if (base !== undefined) return { kind: "store", base };
  if ("suggestions" in found) throw missingImage(image, stored);
  if (!found.arches.includes(arch))
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `${found.name} is not published for ${arch}.`,
      next: ["hutch image find"],
    });
  return { kind: "catalogue", entry: found, build };
}

/** A build that was asked for by name is kept apart: the release's own name means the newest. */
export function storeName({ name }: CatalogueEntry, build: string | null): string {
  return build === null ? name : `${name}@${build}`;
}

function fileSource(path: string): ImageSource {
  if (existsSync(path)) {
    if (statSync(path).isDirectory()) throw isFolder(path);
    assertReadable(path);
    return { kind: "file", path: resolve(path) };
  }
  throw new HutchError({
    code: "E_NOT_FOUND",
    message: `There is no image file ${path}.`,
    next: [...(path.includes("://") ? [`hutch image import ${path}`] : []), "hutch image ls", "hutch image find"],
  });
}

function isFolder(path: string): HutchError {
  return new HutchError({
    code: "E_USAGE",
    message: `${path} is a folder, and no image file.`,
    next: [`ls ${shellWord(path)}: what is in it`, "hutch image find: what needs no file"],
  });
}

function assertReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new HutchError(
      {
        code: "E_INVALID",
        message: `The image file ${path} may not be read.`,
        next: [`ls -l ${path}: who may read it`],
      },
      error,
    );
  }
}

export async function storedBases(ctx: Context): Promise<readonly BaseImage[]> {
  const pool = await findPool(ctx.client);
  return pool === null ? [] : listBases(ctx.client, pool);
}
