/** What went wrong with an image, for programs; the message and `why` are for people. */
export type ImageErrorKind =
  /** The host, its name or its TLS certificate: nothing was transferred. */
  | "unreachable"
  /** The server answered that the file is not there (404, 410). */
  | "not-found"
  /** The server answered with another error, or with something that is no image. */
  | "refused"
  /** The publisher's list of digests does not name the image. */
  | "digest-missing"
  /** The bytes are not those that the digest promises. */
  | "digest-mismatch"
  /** The publisher's signature is missing, wrong, expired or by another key. */
  | "signature"
  /** What is offered as the newest build is older than what is here already. */
  | "downgrade"
  /** The transfer broke off or stood still too often. */
  | "interrupted"
  | "disk-full"
  /** A local file could not be read or written, for another reason than space. */
  | "io"
  /** The file is an image that must not be used: backing file, truncated, corrupt, unknown format. */
  | "unusable"
  /** A catalogue data file is wrong: our mistake. */
  | "catalogue"
  /** A word that should name an address or a mirror does not. */
  | "malformed"
  /** Asked for something that this room cannot do (another architecture, an unknown release). */
  | "unsupported"
  /** Programs are missing on this machine. */
  | "tools"
  /** A program that was run failed or took too long. */
  | "program"
  | "cancelled";

const BRAND = Symbol.for("hutch.image-error");

export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly [BRAND] = true;
  readonly kind: ImageErrorKind;
  /** The cause in one sentence, where the message alone does not say it. */
  readonly why: string | undefined;
  /** Commands or actions that get the user further, most likely first. */
  readonly next: readonly string[];

  constructor(
    kind: ImageErrorKind,
    message: string,
    more: { readonly why?: string; readonly next?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.why = more.why;
    this.next = more.next ?? [];
  }
}

/** By brand, not `instanceof`: two copies of the library still know each other's errors. */
export function isImageError(error: unknown): error is ImageError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** Throws `cancelled` when the signal has fired. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new ImageError("cancelled", `${what} was cancelled.`);
}
