/** Where a publisher signs the image and not its digest, it is known when the image is here by whom and when. */
import { rmSync } from "node:fs";
import { isImageError, type ResolvedImage, verifyImage } from "#images";

/**
 * What is known of the image with its own signature checked, where it has one. A file whose signature, or whose age by it, is
 * refused goes. Fails as `verifyImage` and `assertNewest`.
 */
export async function withOwnSignature(
  resolved: ResolvedImage,
  file: string,
  assertNewest: (image: ResolvedImage) => Promise<void>,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  if (resolved.signature === null) return resolved;
  try {
    const signed = await verifyImage(file, resolved.signature, resolved.url, signal);
    const known = { ...resolved, ...signed, version: resolved.version ?? signed.signedAt };
    await assertNewest(known);
    return known;
  } catch (error) {
    if (isImageError(error) && ["signature", "downgrade"].includes(error.kind)) rmSync(file, { force: true });
    throw error;
  }
}
