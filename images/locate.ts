import type { CatalogueImage } from "./catalogue-entry.ts";
import { ImageError } from "./errors.ts";
import { type Finder, foundIn, namesInListing, newestOf } from "./finder.ts";
import { withoutSecrets } from "./proxy.ts";
import type { Publisher } from "./publisher.ts";

/** Where an image is; `build` is null where the publisher names none. */
export type Located = { readonly url: string; readonly build: string | null; readonly sha256?: string };

/** The build asked for, or the newest. Fails with `unsupported`, `not-found` or as fetching does. */
export async function located(publisher: Publisher, image: CatalogueImage, build: string | null): Promise<Located> {
  return build === null ? newest(publisher, image) : pinned(publisher, image, build);
}

function pinned(publisher: Publisher, { pinned: known }: CatalogueImage, build: string): Located {
  if (known === null) {
    throw new ImageError("unsupported", "Its publisher keeps no builds by name, only the newest.", {
      next: ["Leave out what is behind the @."],
    });
  }
  if (build !== known.build && (!known.url.includes("{build}") || !/^[0-9][0-9A-Za-z.+-]*$/.test(build))) {
    throw new ImageError("unsupported", `There is no way to the build ${build}.`, {
      next: [`One that hutch knows of is ${known.build}.`],
    });
  }
  return { url: publisher.at(known.url.replaceAll("{build}", build)), build };
}

async function newest(publisher: Publisher, { latest }: CatalogueImage): Promise<Located> {
  switch (latest.kind) {
    case "fixed":
      return { url: publisher.at(latest.url), build: null };
    case "listing": {
      const folder = publisher.at(latest.folder);
      return inFolder(latest, folder, namesInListing(await publisher.text(folder)));
    }
    case "digests": {
      const folder = publisher.at(latest.folder);
      return inFolder(latest, folder, (await publisher.digests(folder, "", null)).names);
    }
    default: {
      const index = publisher.at(latest.index);
      const found = foundIn(latest, await publisher.text(index));
      if (found === undefined) throw nothing(index);
      return { ...found, url: publisher.at(found.url) };
    }
  }
}

function inFolder({ file }: Extract<Finder, { folder: string }>, folder: string, names: readonly string[]): Located {
  const found = newestOf(names, file);
  if (found === undefined) throw nothing(folder);
  return { url: new URL(encodeURIComponent(found.name), folder).href, build: found.build };
}

function nothing(where: string): ImageError {
  return new ImageError("not-found", `${withoutSecrets(where)} tells of no build of this image.`, {
    why: "Its publisher may have laid things out anew.",
    next: ["Look for a newer hutch."],
  });
}
