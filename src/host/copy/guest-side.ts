/** A guest's end of a copy: over the shared ssh connection, by two small scripts that need nothing but a shell and tar. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { guestScript } from "#cloud-init";
import { entryName } from "../../core/copy.ts";
import { type ErrorCode, HutchError } from "../../core/errors.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { Paths } from "../paths.ts";
import { type Piped, runPiped } from "../processes.ts";
import { type SshTarget, sshArgv } from "../ssh/command.ts";
import { counted, feed, type Payload, type PayloadAbout, type ReceiveHow } from "./payload.ts";

type SshPaths = Pick<Paths, "sshKey" | "knownHosts" | "sshControl">;
type Guest = { readonly paths: SshPaths; readonly target: SshTarget };

const LONGEST_HEADER = 200;

/** Fails when what is there cannot be sent: E_NOT_FOUND, E_USAGE for a folder that was not asked for, E_GUEST. */
export async function sendFromGuest(
  guest: Guest,
  path: string,
  recursive: boolean,
  signal: AbortSignal,
): Promise<Payload> {
  const piped = runScript(guest, "copy-send.sh", [path, recursive ? "1" : "0"], signal);
  piped.stdin.end();
  const header = await headerOf(piped.stdout);
  if (header === null) {
    await assertEnded(piped, guest, path);
    throw brokenOff(guest, "It sent nothing.");
  }
  return { about: aboutOf(header, path), data: piped.stdout, whole: () => assertEnded(piped, guest, path) };
}

/** Fails as `sendFromGuest`, with nothing put in place of a file. */
export async function receiveInGuest(guest: Guest, payload: Payload, to: string, how: ReceiveHow): Promise<void> {
  const { about } = payload;
  const token = `hutch-${randomUUID()}`;
  const file = about.kind === "file" ? about : { mode: 0, mtime: 0 };
  const into = how.into || (about.kind === "file" && to.endsWith("/"));
  const piped = runScript(
    guest,
    "copy-receive.sh",
    [
      about.kind,
      to,
      about.name,
      into ? "1" : "0",
      file.mode.toString(8),
      String(file.mtime),
      how.preserve ? "1" : "0",
      token,
    ],
    how.signal,
  );
  piped.stdout.resume();
  await feed(framed(payload, token, how), piped, how.signal);
  how.signal.throwIfAborted();
  await assertEnded(piped, guest, to);
}

/** A file is followed by the token only when all of it was read: without it the guest throws away what it got. */
async function* framed(payload: Payload, token: string, { onBytes }: ReceiveHow): AsyncGenerator<Uint8Array> {
  yield* counted(payload, onBytes);
  await payload.whole();
  if (payload.about.kind === "file") yield Buffer.from(token);
}

function runScript(
  { paths, target }: Guest,
  script: "copy-send.sh" | "copy-receive.sh",
  words: readonly string[],
  signal: AbortSignal,
): Piped {
  const argv = ["sh", "-c", guestScript(script), script, ...words];
  return runPiped(sshArgv(paths, target, { argv, tty: false }), { signal });
}

/** The first line; null when there is none. What follows stays in the stream. */
async function headerOf(stream: Readable): Promise<string | null> {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk: Buffer | null = stream.read();
    if (chunk === null) {
      if (stream.readableEnded) return null;
      const more = await new Promise<boolean>((resolve) => {
        const settle = (value: boolean) => () => {
          stream.off("readable", readable).off("end", ended).off("error", ended);
          resolve(value);
        };
        const readable = settle(true);
        const ended = settle(false);
        stream.once("readable", readable).once("end", ended).once("error", ended);
      });
      if (!more) return null;
      continue;
    }
    chunks.push(chunk);
    const all = Buffer.concat(chunks);
    const end = all.indexOf("\n");
    if (end === -1 && all.length < LONGEST_HEADER) continue;
    if (end === -1) return null;
    if (end + 1 < all.length) stream.unshift(all.subarray(end + 1));
    return all.subarray(0, end).toString();
  }
}

function aboutOf(header: string, path: string): PayloadAbout {
  const name = entryName(path);
  const [kind, bytes, mode, mtime] = header.split(" ");
  if (kind !== "file") return { kind: "folder", name };
  return {
    kind: "file",
    name,
    bytes: Number(bytes),
    mode: Number.parseInt(mode ?? "", 8) & 0o777,
    mtime: Number(mtime),
  };
}

type Words = readonly [
  code: ErrorCode,
  message: (place: string) => string,
  next?: (place: string) => readonly string[],
];

/** The scripts' exit codes. */
const WORDS: Readonly<Record<number, Words>> = {
  20: ["E_NOT_FOUND", (place) => `There is no ${place}.`],
  21: ["E_USAGE", (place) => `${place} is a folder.`, () => ["Copy it with -r."]],
  22: ["E_USAGE", (place) => `${place} is neither a file nor a folder.`],
  23: ["E_GUEST", () => "There is no tar in the guest.", () => ["Install it there: a folder travels as an archive."]],
  24: ["E_GUEST", (place) => `${place} may not be read by the login user.`, asRoot],
  30: ["E_NOT_FOUND", (place) => `There is no folder ${place}.`],
  31: ["E_CONFLICT", (place) => `Where ${place} would be is something that is no file.`],
  32: ["E_CONFLICT", (place) => `${place} is there already, and is no folder.`],
  33: ["E_NOT_FOUND", (place) => `The folder for ${place} is not there.`],
  34: ["E_GUEST", (place) => `${place} may not be written by the login user.`, throughHome],
  35: ["E_GUEST", (place) => `The copy to ${place} broke off; nothing was put in place.`, () => ["Try again."]],
};

function asRoot(place: string): readonly string[] {
  const [name, path] = split(place);
  return [`hutch exec ${shellWord(name)} -- sudo cat ${shellWord(path)} >FILE`];
}

function throughHome(place: string): readonly string[] {
  const [name, path] = split(place);
  return [`hutch cp FILE ${shellWord(`${name}:`)}`, `hutch exec ${shellWord(name)} -- sudo mv FILE ${shellWord(path)}`];
}

function split(place: string): readonly [string, string] {
  const at = place.indexOf(":");
  return [place.slice(0, at), place.slice(at + 1)];
}

async function assertEnded({ ended }: Piped, guest: Guest, path: string): Promise<void> {
  const { code, stderr } = await ended;
  // tar's 1 says that a file changed while it was read.
  if (code === 0 || (code === 1 && stderr.includes("file changed as we read it"))) return;
  const words = WORDS[code ?? -1];
  const place = `${guest.target.name}:${path.replace(/^\.\//, "")}`;
  if (words === undefined) throw brokenOff(guest, stderr.trim());
  const [error, message, next] = words;
  throw new HutchError({ code: error, message: message(place), ...(next === undefined ? {} : { next: next(place) }) });
}

function brokenOff({ target }: Guest, why: string): HutchError {
  return new HutchError({
    code: "E_GUEST",
    message: `The copy with ${target.name} failed.`,
    ...(why === "" ? {} : { why }),
    next: [`hutch exec ${target.name} -- true`, `hutch logs ${target.name}`],
  });
}
