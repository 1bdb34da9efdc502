/** Copies between this host and VMs: the order, and places as people write them. */
import { HutchError } from "./errors.ts";

/** Places are written `path`, `NAME:path`, or `-` for a stream; a relative path in a VM begins in the login user's home. */
export type CopyRequest = {
  readonly from: readonly string[];
  readonly to: string;
  /** Folders with all that is in them; symbolic links in them stay what they are. */
  readonly recursive?: boolean;
  /** Permissions and times as they were. */
  readonly preserve?: boolean;
};

export type CopyResult = {
  readonly name: string;
  /** What was read: a folder counts as the archive that it travels in. */
  readonly bytes: number;
};

export type CopyPlace =
  | { readonly kind: "stream" }
  | { readonly kind: "host"; readonly path: string }
  | { readonly kind: "machine"; readonly machine: string; readonly path: string };

/** A colon makes it a place in a VM, unless a slash comes before it. E_USAGE for what is no place. */
export function parsePlace(text: string): CopyPlace {
  if (text === "" || text.includes("\0")) {
    throw new HutchError({
      code: "E_USAGE",
      message: text === "" ? "A place to copy from or to is empty." : "A path cannot hold a NUL character.",
      next: ["Write it like web:/etc/hosts, ./file, or - for a stream"],
    });
  }
  if (text === "-") return { kind: "stream" };
  const [, machine, path] = /^([^/:]+):(.*)$/s.exec(text) ?? [];
  if (machine === undefined || path === undefined) return { kind: "host", path: text };
  return { kind: "machine", machine, path: guestPath(path) };
}

/** Never taken for a flag, and from the home of the login user. */
function guestPath(path: string): string {
  const inHome = path === "~" ? "" : path.startsWith("~/") ? path.slice(2) : path;
  return inHome.startsWith("/") ? inHome : `./${inHome}`;
}

/** The last part of a path; empty for one that names no entry of its folder (`.`, `..`, `/`). */
export function entryName(path: string): string {
  const name = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return name === "." || name === ".." ? "" : name;
}

export type CopyOrder = { readonly from: readonly CopyPlace[]; readonly to: CopyPlace };

/** E_USAGE for an order that makes no sense, before anything is looked at. */
export function parseCopy(request: CopyRequest): CopyOrder {
  const refuse = (message: string, ...next: string[]) => new HutchError({ code: "E_USAGE", message, next });
  const from = request.from.map(parsePlace);
  const to = parsePlace(request.to);
  const [first] = from;
  if (first === undefined) throw refuse("There is nothing to copy.", "hutch cp file web:");
  if (to.kind !== "machine" && from.some(({ kind }) => kind !== "machine"))
    throw refuse(
      "Neither side of this copy is in a VM.",
      `A place in a VM is written NAME:PATH, as in hutch cp ${request.from[0]} web:`,
    );
  if (to.kind === "stream" && from.length > 1) throw refuse("Only one file can be written to -.");
  if (from.length > 1 && from.some(({ kind }) => kind === "stream"))
    throw refuse("- cannot be one of several sources.", "Copy it by itself.");
  if (first.kind === "stream" && to.kind === "machine" && (to.path.endsWith("/") || entryName(to.path) === ""))
    throw refuse("What comes from - needs a name.", `hutch cp - ${to.machine}:NAME`);
  for (const place of from) if (isInside(place, to)) throw refuse("A folder cannot be copied into itself.");
  return { from, to };
}

function isInside(from: CopyPlace, to: CopyPlace): boolean {
  if (from.kind !== "machine" || to.kind !== "machine" || from.machine !== to.machine) return false;
  return `${to.path}/`.startsWith(`${from.path.replace(/\/+$/, "")}/`);
}

/** As it was written, for people. */
export function formatPlace(place: CopyPlace): string {
  switch (place.kind) {
    case "stream":
      return "-";
    case "host":
      return place.path;
    case "machine":
      return `${place.machine}:${place.path.replace(/^\.\//, "")}`;
  }
}
