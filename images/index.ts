/** Where disks come from: bytes, digests, addresses and qcow2, and nothing of libvirt, pools or machines. */
export type { BuildOptions, BuiltImage } from "./build/build-image.ts";
export { isOlderBuild } from "./build-order.ts";
export { catalogue, findImage, type ImageWord, imageWord, type Suggestions } from "./catalogue.ts";
export {
  ARCHITECTURES,
  type Architecture,
  type CatalogueEntry,
  type CatalogueImage,
  type Configuration,
  type CpuLevel,
  type Firmware,
  type PackageFamily,
} from "./catalogue-entry.ts";
export { compressImage } from "./compress.ts";
export {
  type ContainerDisk,
  type ContainerDiskOptions,
  extractContainerDisk,
  findContainerDisk,
  pushContainerDisk,
} from "./container-disk.ts";
export type { Downloaded, DownloadOptions } from "./download.ts";
export { ImageError, type ImageErrorKind, isImageError } from "./errors.ts";
export { lockFile, tryLockFile } from "./file-lock.ts";
export { type Digest, type DigestAlgorithm, hashFile } from "./hash.ts";
export { assertUsable, type ImageFacts, inspectImage } from "./inspect.ts";
export { type PinnedKey, shippedKeys } from "./keys/shipped.ts";
export { buildImage, download, resolveFromMirror, resolveImage, verifyImage } from "./lazy.ts";
export { isMirror, MIRROR_NAMES } from "./mirrors.ts";
export { PieceDigest } from "./piece-digest.ts";
export { withoutSecrets } from "./proxy.ts";
export { HEADER_READ_BYTES, withBackingFile } from "./qcow2-header.ts";
export { OCI_SCHEME, parseReference, type Reference } from "./registry-reference.ts";
export type { ImageSignature, ResolvedImage, ResolveOptions } from "./resolve.ts";
export { releaseTrust } from "./trust.ts";
export { checkUsable, makeUsable, type UsableOptions } from "./usable-image.ts";
