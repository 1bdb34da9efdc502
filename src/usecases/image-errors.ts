/** The image room's errors in the house's words: they carry their own why and next. */
import { isImageError } from "#images";
import { HutchError } from "../core/errors.ts";

export async function withImageErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isImageError(error)) throw error;
    throw new HutchError(
      {
        code: "E_IMAGE",
        message: error.message,
        ...(error.why === undefined ? {} : { why: error.why }),
        next: error.next.length > 0 ? error.next : ["hutch image find: what there is to launch"],
        details: { kind: error.kind },
      },
      error,
    );
  }
}
