/** The image room's errors in the house's words: they carry their own why and next. E_IMAGE, or E_USAGE for a word that is wrong. */
import { isImageError } from "#images";
import { HutchError } from "../core/errors.ts";

export async function withImageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isImageError(error)) throw error;
    throw new HutchError(
      {
        code: error.kind === "malformed" ? "E_USAGE" : "E_IMAGE",
        message: error.message,
        ...(error.why === undefined ? {} : { why: error.why }),
        next: error.next.length > 0 ? error.next : ["hutch image find: what there is to launch"],
        details: { kind: error.kind },
      },
      error,
    );
  }
}
