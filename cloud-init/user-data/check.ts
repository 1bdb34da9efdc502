import { isMimeMessage } from "../seed/mime.ts";
import { checkCloudConfig, checkYamlList } from "./cloud-config.ts";
import { type UserDataKind, userDataKind } from "./kind.ts";
import { errorAt, type UserDataProblem, warningAt } from "./problem.ts";

/** More than any user-data needs; larger things belong on a web server or a data disk. */
const MOST_BYTES = 1024 ** 2;

const ONLY_AT_FIRST_BOOT =
  "runs at the first boot only: hutch takes the user-data out of the VM's seed once it has been applied";

/**
 * What is wrong with a user-data, as far as it can be told before a boot. No error means that cloud-init can read it. What
 * a template makes, and what an include fetches, is known only in the guest.
 */
export function checkUserData(text: string): { readonly problems: readonly UserDataProblem[] } {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    return {
      problems: [
        errorAt(undefined, `it is ${Math.ceil(bytes / 1024)} KiB long; at most ${MOST_BYTES / 1024} KiB can be used`),
      ],
    };
  }
  const nul = text.indexOf("\0");
  if (nul >= 0)
    return {
      problems: [errorAt(lineOf(text, nul), "it contains a NUL byte, so it is not a text (UTF-16, or a packed file?)")],
    };
  // To cloud-init it is a letter before the "#".
  if (text.startsWith("\uFEFF")) {
    return { problems: [errorAt(1, "it starts with a byte order mark; save it as UTF-8 without one")] };
  }
  if (text.trim() === "") return { problems: [warningAt(undefined, "it is empty")] };
  if (isMimeMessage(text)) return { problems: checkMime(text) };
  const kind = userDataKind(text);
  return { problems: kind === undefined ? [unknownHeader(text)] : CHECKS[kind](text) };
}

const CHECKS: Readonly<Record<UserDataKind, (text: string) => readonly UserDataProblem[]>> = {
  "cloud-config": checkCloudConfig,
  archive: checkYamlList,
  "json-patch": checkJsonPatch,
  script: checkLineEnds,
  boothook: (text) => [...checkLineEnds(text), warningAt(firstLine(text), `a boothook ${ONLY_AT_FIRST_BOOT}`)],
  include: checkInclude,
  "part-handler": () => [],
  jinja: checkTemplate,
  upstart: (text) => [errorAt(firstLine(text), "upstart jobs are no longer known to cloud-init")],
};

function unknownHeader(text: string): UserDataProblem {
  const line = firstLine(text);
  const first = text.trimStart().split(/\r?\n/, 1)[0] ?? "";
  if (/^#\s+cloud-config/i.test(first)) return errorAt(line, 'the first line must be "#cloud-config", without a space');
  return errorAt(line, 'the first line must say what it is: "#cloud-config", a script\'s "#!/bin/sh", "#include", …');
}

function checkMime(text: string): readonly UserDataProblem[] {
  const boundary = /^content-type:\s*multipart\/[\s\S]*?boundary="?([^"\s;]+)/im.exec(text)?.[1];
  if (boundary === undefined) return [errorAt(1, "it is a MIME message without a multipart boundary")];
  if (!text.includes(`\n--${boundary}`))
    return [errorAt(1, `it is a MIME message without a part: "--${boundary}" does not occur`)];
  return [];
}

function checkJsonPatch(text: string): readonly UserDataProblem[] {
  const body = text.trimStart().slice("#cloud-config-jsonp".length);
  try {
    return Array.isArray(JSON.parse(body)) ? [] : [errorAt(firstLine(text), "a JSON patch must be a list")];
  } catch (error) {
    return [errorAt(firstLine(text), `it is not JSON: ${error instanceof Error ? error.message : String(error)}`)];
  }
}

/** A carriage return in the first line is part of the interpreter's name. */
function checkLineEnds(text: string): readonly UserDataProblem[] {
  const at = text.indexOf("\r\n");
  return at < 0 ? [] : [errorAt(lineOf(text, at), "it has Windows line ends; a script needs Unix ones")];
}

function checkInclude(text: string): readonly UserDataProblem[] {
  const targets = text.split(/\r?\n/).map((line, index) => ({
    line: index + 1,
    target: line.replace(/^#include(-once)?/i, "").trim(),
  }));
  const named = targets.filter(({ target }) => target !== "" && !target.startsWith("#"));
  if (named.length === 0) return [warningAt(firstLine(text), "it includes nothing")];
  return named
    .filter(({ target }) => !/^([a-z][a-z0-9+.-]*:\/\/|\/)/i.test(target))
    .map(({ line, target }) => errorAt(line, `"${target.slice(0, 60)}" is no address: an include has one URL a line`));
}

/** What stands below the template's own line must have a header as well. */
function checkTemplate(text: string): readonly UserDataProblem[] {
  const [, ...rest] = text.trimStart().split(/\r?\n/);
  const kind = userDataKind(rest.join("\n"));
  const line = firstLine(text);
  if (kind === undefined || kind === "jinja") {
    return [
      errorAt(
        line + 1,
        'below "## template: jinja" the next line must say what it is: "#cloud-config" or a script\'s "#!"',
      ),
    ];
  }
  return [];
}

/** The first line that is not blank. */
const firstLine = (text: string): number => lineOf(text, text.length - text.trimStart().length);

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;
