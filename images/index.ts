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
export { type ContainerDiskOptions, pullContainerDisk, pushContainerDisk } from "./container-disk.ts";
export { type Downloaded, type DownloadOptions, download } from "./download.ts";
export { ImageError, type ImageErrorKind, isImageError } from "./errors.ts";
export { lockFile, tryLockFile } from "./file-lock.ts";
export { type Digest, type DigestAlgorithm, hashFile } from "./hash.ts";
export { assertUsable, type ImageFacts, inspectImage } from "./inspect.ts";
export { isMirror, MIRROR_NAMES } from "./mirrors.ts";
export { withoutSecrets } from "./proxy.ts";
export { OCI_SCHEME, parseReference, type Reference } from "./registry-reference.ts";
export { type ResolvedImage, type ResolveOptions, resolveImage } from "./resolve.ts";
export { resolveFromMirror } from "./resolve-mirror.ts";
export { makeUsable, type UsableOptions } from "./usable-image.ts";
