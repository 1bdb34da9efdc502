/**
 * Writes ffi/generated/*.gen.ts from libvirt's own description of its API, for what ffi/allowlist.json names.
 *
 * `--check` writes nothing and exits 1 when the committed files differ. The description comes with libvirt-dev; where it
 * is absent or of another version than the committed files, `--check` says so and passes.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseApi } from "./gen-libvirt/parse.ts";
import { printEnums, printFunctions, printStructs } from "./gen-libvirt/print.ts";
import type { Allowlist } from "./gen-libvirt/select.ts";
import { selectEnums, selectFunctions, selectStructs } from "./gen-libvirt/select.ts";

const FFI = fileURLToPath(new URL("../ffi/", import.meta.url));
const GENERATED = join(FFI, "generated");
const DEFAULT_API = "/usr/share/libvirt/api/libvirt-api.xml";

function apiFile(): string | null {
  let path = DEFAULT_API;
  try {
    path = execFileSync("pkg-config", ["--variable=libvirt_api", "libvirt"], { encoding: "utf8" }).trim() || path;
  } catch {
    // No pkg-config, or no libvirt-dev known to it: the usual place may still hold the file.
  }
  return existsSync(path) ? path : null;
}

function generate(api: string): { version: string; files: ReadonlyMap<string, string> } {
  const allow = JSON.parse(readFileSync(join(FFI, "allowlist.json"), "utf8")) as Allowlist;
  const main = parseApi(readFileSync(api, "utf8"), "libvirt");
  const qemu = parseApi(readFileSync(join(dirname(api), "libvirt-qemu-api.xml"), "utf8"), "libvirt-qemu");
  const version = main.version;
  return {
    version,
    files: new Map([
      ["functions.gen.ts", printFunctions(version, selectFunctions(allow, [main, qemu]))],
      ["enums.gen.ts", printEnums(version, selectEnums(allow, [main, qemu]))],
      ["structs.gen.ts", printStructs(version, selectStructs(allow, main))],
    ]),
  };
}

function committed(name: string): string {
  const path = join(GENERATED, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function check(version: string, files: ReadonlyMap<string, string>): number {
  const from = /from libvirt (\S+)\./.exec(committed("functions.gen.ts"))?.[1];
  if (from !== undefined && from !== version) {
    console.log(`The generated files come from libvirt ${from}, this machine has ${version}: not compared.`);
    return 0;
  }
  const stale = [...files].filter(([name, text]) => committed(name) !== text).map(([name]) => name);
  for (const name of stale) console.error(`ffi/generated/${name} is stale: run npm run gen`);
  return stale.length === 0 ? 0 : 1;
}

function main(argv: readonly string[]): number {
  const api = apiFile();
  if (api === null) {
    console.log("libvirt-api.xml is not on this machine (package libvirt-dev or libvirt-devel).");
    return argv.includes("--check") ? 0 : 1;
  }
  const { version, files } = generate(api);
  if (argv.includes("--check")) return check(version, files);
  mkdirSync(GENERATED, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(GENERATED, name), text);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
