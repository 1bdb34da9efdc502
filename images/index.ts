/** Where disks come from: bytes, digests, addresses and qcow2, and nothing of libvirt, pools or machines. */
export {
  type BuildOptions,
  type BuiltImage,
  buildImage,
} from "./build/build-image.ts";
export { catalogue, findImage, type Suggestions } from "./catalogue.ts";
export {
  ARCHITECTURES,
  type Architecture,
  type CatalogueEntry,
  type CatalogueImage,
  type Firmware,
  type PackageFamily,
} from "./catalogue-entry.ts";
export { type Downloaded, type DownloadOptions, download } from "./download.ts";
export { ImageError, type ImageErrorKind, isImageError } from "./errors.ts";
export { type Digest, type DigestAlgorithm, hashFile } from "./hash.ts";
export { assertUsable, type ImageFacts, inspectImage } from "./inspect.ts";
export { HEADER_READ_BYTES, withBackingFile } from "./qcow2-header.ts";
export { type ResolvedImage, type ResolveOptions, resolveImage } from "./resolve.ts";
