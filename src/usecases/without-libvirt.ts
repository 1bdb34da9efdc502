/** What the library tells where no libvirt need be; each is loaded when it is called. */
import type { CatalogueRow, EngineRecipeRow } from "../core/requests.ts";
import type { ContextOptions } from "./context.ts";

/** Every image that can be had. Needs no libvirt: where it does not answer, what the store has is not known. */
export async function catalogue(options: Pick<ContextOptions, "uri" | "env"> = {}): Promise<readonly CatalogueRow[]> {
  return (await import("./catalogue.ts")).catalogueAnywhere(options);
}

/** Which engine recipes there are, and where each has been proven by a test. Needs no libvirt. */
export async function engineRecipes(): Promise<readonly EngineRecipeRow[]> {
  return (await import("./engine-status.ts")).engineRecipeRows();
}
