/**
 * Bundles hutch into dist/: the command, the library with its types, the worker threads, and the files that they read at
 * run time. Each output is one file name in dist/ itself, so that `import.meta.url` finds the others beside it.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { licencesOf } from "./lib/licences.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Output name -> where it begins. These share their code, and load what they need when they need it. */
const SHARING = { main: "src/main.ts", index: "src/index.ts" } as const;

/** One file each: what starts first, and threads. */
const ALONE = {
  hutch: "src/start.ts",
  "ffi-worker": "ffi/worker/entry.ts",
  "images-digest-worker": "images/digest-worker.ts",
  "images-piece-digest-worker": "images/piece-digest-worker.ts",
} as const;

const COMMAND = "hutch.js";

/**
 * What the shortest commands need. Every output imports all of it, so that it becomes one file and not one for every set of
 * outputs that share a part: twenty files cost a tenth of `hutch list`.
 */
const AT_ONCE = ["src/cli/run.ts", "src/index.ts", "src/cli/commands/list.ts", "src/cli/render/document.ts"];

/** Rooms whose shell files and keys are read at run time. */
const ASSET_ROOMS = ["images", "cloud-init", "src"];
const ASSET = /\.(sh|bash|zsh|fish|ps1|asc|gpg|pgp)$/;

/** Some packages that we bundle call `require`. Only their chunks get one: making it costs a fifth of a millisecond a chunk. */
const REQUIRE =
  'import { createRequire as hutchRequire } from "node:module"; const require = hutchRequire(import.meta.url);\n';

/** Builds into `outdir`, which is emptied first. Fails when an entry is missing, or two assets have one name. */
export async function buildHutch(outdir: string): Promise<Metafile> {
  for (const entry of Object.values({ ...SHARING, ...ALONE })) {
    if (!existsSync(join(ROOT, entry))) throw new Error(`There is no ${entry} to build from.`);
  }
  const assets = await assetFiles();
  const common = {
    absWorkingDir: ROOT,
    outdir,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    external: ["koffi"],
    // Ink asks for React's developer tools, in development only; they are no dependency, and a bundle imports them at once.
    alias: { "react-devtools-core": join(ROOT, "scripts/lib/no-devtools.ts") },
    define: { "process.env.NODE_ENV": '"production"' },
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: "warning",
  } satisfies BuildOptions;
  const sharing = await build({
    ...common,
    entryPoints: SHARING,
    splitting: true,
    inject: [AT_ONCE_MODULE],
    plugins: [atOnce, yogaDecodes],
  });
  const alone = await build({ ...common, entryPoints: ALONE, plugins: [mainIsBesides] });
  const outputFiles = [...sharing.outputFiles, ...alone.outputFiles];
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  for (const { path, text } of outputFiles) {
    const isCommand = basename(path) === COMMAND;
    const code = /\brequire\b/.test(text) ? REQUIRE + text : text;
    await writeFile(path, isCommand ? `#!/usr/bin/env node\n${code}` : code);
    if (isCommand) await chmod(path, 0o755);
  }
  for (const [name, file] of assets) await copyFile(file, join(outdir, name));
  const inputs = [sharing, alone].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(join(outdir, "THIRD-PARTY-LICENSES.txt"), await licencesOf(ROOT, inputs));
  return { inputs: sharing.metafile.inputs, outputs: { ...sharing.metafile.outputs, ...alone.metafile.outputs } };
}

const AT_ONCE_MODULE = "hutch:at-once";

const atOnce: Plugin = {
  name: "at-once",
  setup: ({ onResolve, onLoad }) => {
    const filter = new RegExp(`^${AT_ONCE_MODULE}$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: "at-once" }));
    onLoad({ filter, namespace: "at-once" }, () => ({
      contents: AT_ONCE.map((file) => `import ${JSON.stringify(`./${file}`)};`).join("\n"),
      resolveDir: ROOT,
    }));
  },
};

/**
 * Yoga (Ink's layout) asks `fetch` for the code that it carries with it: for that Node loads its HTTP client, which takes
 * as long as all of hutch. Where there is no `fetch` it decodes it itself.
 */
const yogaDecodes: Plugin = {
  name: "yoga-decodes",
  setup: ({ onLoad }) => {
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: `const fetch = undefined;\n${await readFile(path, "utf8")}`,
    }));
  },
};

const mainIsBesides: Plugin = {
  name: "main-is-besides",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: "./main.js", external: true }));
  },
};

/**
 * The files (relative to the project) and packages whose code is read as soon as `output` starts: what it imports by
 * statement, however far down, but nothing that it loads later by `import()`.
 */
export function loadedAtStart(metafile: Metafile, output: string): readonly string[] {
  const seen = new Set<string>();
  const inputs = new Set<string>();
  const visit = (path: string) => {
    const found = metafile.outputs[path];
    if (found === undefined || seen.has(path)) return;
    seen.add(path);
    for (const input of Object.keys(found.inputs)) inputs.add(input);
    for (const { path: next, kind, external } of found.imports) {
      if (kind !== "import-statement" && kind !== "require-call") continue;
      if (external === true) inputs.add(next);
      else visit(next);
    }
  };
  const start = Object.keys(metafile.outputs).find((path) => basename(path) === output);
  if (start === undefined) throw new Error(`The build has no ${output}.`);
  visit(start);
  return [...inputs].sort();
}

async function assetFiles(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const room of ASSET_ROOMS) {
    for (const entry of await readdir(join(ROOT, room), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !ASSET.test(entry.name)) continue;
      const file = join(entry.parentPath, entry.name);
      const other = found.get(entry.name);
      if (other !== undefined) {
        throw new Error(`${relative(ROOT, other)} and ${relative(ROOT, file)} would be one file in dist.`);
      }
      found.set(entry.name, file);
    }
  }
  return found;
}

/** Declarations for the library's users, into `types`. Types are checked by `npm run types`, not here. */
export async function writeTypes(types: string): Promise<void> {
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const config = join(ROOT, "scripts/build.tsconfig.json");
  execFileSync(tsc, ["--project", config, "--outDir", types], { stdio: "inherit" });
  for (const entry of await readdir(types, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    // The names of rooms are for the checkout only.
    const room = (_: string, name: string) => `"${relative(entry.parentPath, join(types, name, "index.js"))}"`;
    await writeFile(file, (await readFile(file, "utf8")).replace(/"#(ffi|images|cloud-init)"/g, room));
  }
}

if (import.meta.main) {
  const dist = join(ROOT, "dist");
  await buildHutch(dist);
  await writeTypes(join(dist, "types"));
  console.log(`Built ${relative(process.cwd(), dist) || dist}`);
}
