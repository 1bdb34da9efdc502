/** An image that is not there, and which one may have been meant: by the store's names and by the catalogue's. */
import { findImage } from "#images";
import { HutchError } from "../core/errors.ts";
import { nearNames } from "../core/near.ts";

type Named = { readonly name: string };

const MOST_SHOWN = 3;

/** Where an image of either would do. E_NOT_FOUND. */
export function missingImage(word: string, stored: readonly Named[]): HutchError {
  const found = findImage(word);
  const near = [...nearStored(word, stored), ...("suggestions" in found ? found.suggestions : [])];
  return notFound(`There is no image "${word}".`, near, ["hutch image find", ...(stored.length > 0 ? [LIST] : [])]);
}

/** Where only an image of the catalogue would do. E_NOT_FOUND. */
export function missingRelease(word: string, suggestions: readonly string[]): HutchError {
  return notFound(`There is no image "${word}" in the catalogue.`, suggestions, ["hutch image find"]);
}

/** Where only an image of the store would do; `next` is a way to get it there. E_NOT_FOUND. */
export function missingStored(word: string, stored: readonly Named[], next: readonly string[] = []): HutchError {
  return notFound(`There is no image ${word} in the store.`, nearStored(word, stored), [LIST, ...next]);
}

const LIST = "hutch image ls";

function nearStored(word: string, stored: readonly Named[]): readonly string[] {
  return nearNames(
    word,
    stored.map(({ name }) => name),
  );
}

function notFound(message: string, near: readonly string[], next: readonly string[]): HutchError {
  const meant = [...new Set(near)].slice(0, MOST_SHOWN);
  return new HutchError({
    code: "E_NOT_FOUND",
    message,
    next: [...meant.map((name) => `Did you mean ${name}?`), ...next],
  });
}
