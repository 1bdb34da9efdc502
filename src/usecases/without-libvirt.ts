/** What the library tells where no libvirt need be; each is loaded when it is called. */
import type { ImageInfoAnywhere } from "../core/image-trust.ts";
import type { CatalogueRow, EngineRecipeRow } from "../core/requests.ts";
import type { ContextOptions } from "./context.ts";

/** Every image that can be had. Needs no libvirt: where it does not answer, what the store has is not known. */
export async function catalogue(options: Pick<ContextOptions, "uri" | "env"> = {}): Promise<readonly CatalogueRow[]> {
  return (await import("./catalogue.ts")).catalogueAnywhere(options);
}

/**
 * One image by a name of the store or the catalogue, a digest or a volume. Where libvirt does not answer, what the store has is
 * not known, and only a name of the catalogue is told of: E_HOST else. E_NOT_FOUND with near names.
 */
export async function imageInfo(
  name: string,
  options: Pick<ContextOptions, "uri" | "env"> = {},
): Promise<ImageInfoAnywhere> {
  return (await import("./image-info.ts")).imageInfoAnywhere(options, name);
}

/** Which engine recipes there are, and where each has been proven by a test. Needs no libvirt. */
export async function engineRecipes(): Promise<readonly EngineRecipeRow[]> {
  return (await import("./engine-status.ts")).engineRecipeRows();
}
