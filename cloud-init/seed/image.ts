import type { SeedDocuments } from "./documents.ts";
import { type ImageSize, iso9660 } from "./iso9660.ts";

/**
 * The seed as a disk that cloud-init finds by its label, `cidata`. The same documents always make the same bytes. Throws
 * RangeError when they do not fit `sizeBytes`.
 */
export function seedImage(documents: SeedDocuments, size: ImageSize = {}): Uint8Array {
  return iso9660("cidata", documents, size);
}
