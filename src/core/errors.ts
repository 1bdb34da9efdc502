/**
 * Every way hutch fails, and the exit code of each: the one table. An error says what happened, why, and what to type
 * next; the code is for programs.
 */
const EXIT = {
  E_FAILED: 1,
  E_USAGE: 2,
  E_INVALID: 3,
  E_NOT_FOUND: 4,
  E_CONFLICT: 5,
  E_HOST: 6,
  E_HYPERVISOR: 7,
  E_IMAGE: 8,
  E_GUEST: 9,
  E_PARTIAL: 10,
  E_TIMEOUT: 11,
  E_BUG: 70,
  E_EXEC: 125,
  E_CANCELLED: 130,
} as const;

export type ErrorCode = keyof typeof EXIT;

/** Something that an operation could not take back, and the command that removes it. */
export type Leftover = { readonly what: string; readonly command: string };

/** A `HutchError` as data: what JSON output and the operation journal carry. */
export type FaultData = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly why?: string;
  readonly next?: readonly string[];
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly left?: readonly Leftover[];
};

const BRAND = Symbol.for("hutch.error");

export class HutchError extends Error {
  override readonly name = "HutchError";
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  /** The cause in one sentence, where the message alone does not say it. */
  readonly why: string | undefined;
  /** Commands or actions that get the user further, most likely first. */
  readonly next: readonly string[];
  readonly details: FaultData["details"];
  /** What is still there because it could not be undone. */
  readonly left: readonly Leftover[];

  constructor(fault: FaultData, cause?: unknown) {
    super(fault.message, cause === undefined ? undefined : { cause });
    this.code = fault.code;
    this.why = fault.why;
    this.next = fault.next ?? [];
    this.details = fault.details;
    this.left = fault.left ?? [];
  }

  get exitCode(): number {
    return EXIT[this.code];
  }

  toData(): FaultData {
    return {
      code: this.code,
      message: this.message,
      ...(this.why === undefined ? {} : { why: this.why }),
      ...(this.next.length === 0 ? {} : { next: this.next }),
      ...(this.details === undefined ? {} : { details: this.details }),
      ...(this.left.length === 0 ? {} : { left: this.left }),
    };
  }

  /** The same error, with what it left behind. */
  leaving(left: readonly Leftover[]): HutchError {
    return left.length === 0 ? this : new HutchError({ ...this.toData(), left: [...this.left, ...left] }, this.cause);
  }
}

/** By brand, not `instanceof`: two copies of the library still know each other's errors. */
export function isHutchError(error: unknown): error is HutchError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** What a system refuses to any program, by the number that it gives. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "it is on a file system that is read-only",
  ENOSPC: "there is no space left on its disk",
  EDQUOT: "your quota of its disk is used up",
  ENOTDIR: "a file is where a folder should be",
};

/** A folder of the user's that cannot be used is no bug of ours. null for anything else. */
function refusedBySystem(error: unknown): HutchError | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  const why = REFUSALS[String(error.code)];
  if (why === undefined) return null;
  // A write that fails does not know any more to what.
  const path = "path" in error && typeof error.path === "string" ? error.path : null;
  return new HutchError(
    {
      code: "E_HOST",
      message: `${path ?? "A file"} cannot be used: ${why}.`,
      why: error.message,
      next: [path === null ? "df -h: how much room there is" : `namei -l ${path}: whose each folder on the way is`],
    },
    error,
  );
}

/** Anything thrown, as a `HutchError`: what neither hutch nor the system refused is a bug of ours, and is said to be one. */
export function asHutchError(error: unknown): HutchError {
  if (isHutchError(error)) return error;
  const refused = refusedBySystem(error);
  if (refused !== null) return refused;
  const message = error instanceof Error ? error.message : String(error);
  return new HutchError(
    {
      code: "E_BUG",
      message: `hutch broke: ${message}`,
      why: "This is a bug in hutch.",
      next: ["Run again with --verbose and report what it prints."],
    },
    error,
  );
}

export function exitCodeOf(code: ErrorCode): number {
  return EXIT[code];
}

export function cancelled(what: string): HutchError {
  return new HutchError({ code: "E_CANCELLED", message: `${what} was cancelled.` });
}

export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = EXIT;
