import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHutch, loadedAtStart, writeTypes } from "../../scripts/build.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("the bundle", () => {
  // In the checkout, for koffi is looked for in the folders above.
  const outdir = mkdtempSync(join(ROOT, "node_modules/.t-build-"));
  let metafile: Metafile;
  beforeAll(async () => {
    metafile = await buildHutch(outdir);
  });
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  it("is a command that runs", () => {
    const command = join(outdir, "hutch.js");
    accessSync(command, constants.X_OK);
    expect(readFileSync(command, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, "--help"], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("launch");
  });

  it.each([
    ["json", /^\{\n {2}"v": 1,\n {2}"machines": \[\n/],
    ["yaml", /^v: 1\nmachines:\n {2}- /],
    ["ndjson", /^\{"v":1,.*\}\n$/],
    ["name", /^test\n$/],
  ])("speaks %s", (format, expected) => {
    const args = [join(outdir, "hutch.js"), "--connect", "test:///default", "list", "-o", format];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toMatch(expected);
  });

  it("starts the command without the terminal UI and without prompts", () => {
    const loaded = loadedAtStart(metafile, "main.js");
    expect(loaded).toContain("src/main.ts");
    expect(loaded.filter((path) => /node_modules\/(ink|react|inquirer|@inquirer)\b|^src\/tui\//.test(path))).toEqual(
      [],
    );
  });

  it("brings the licence of each package that it holds", () => {
    const held = new Set(
      Object.keys(metafile.inputs).flatMap(
        (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1] ?? [],
      ),
    );
    expect([...held]).toEqual(expect.arrayContaining(["ink", "inquirer", "react", "commander"]));
    const licences = readFileSync(join(outdir, "THIRD-PARTY-LICENSES.txt"), "utf8");
    const told = [...licences.matchAll(/^(\S+) \d+\.\d+\.\d+\n\n(.+)/gm)];
    expect(told.map(([, name]) => name)).toEqual(expect.arrayContaining([...held]));
    expect(told.filter(([, , text = ""]) => text.trim() === "")).toEqual([]);
    expect(licences).toContain("Copyright (c) Meta Platforms, Inc. and affiliates.");
  });

  it("is a library, with worker threads and what is run in guests beside it", async () => {
    for (const name of ["ffi-worker.js", "images-digest-worker.js", "hutch-image-root.sh", "wait-cloud-init.sh"]) {
      accessSync(join(outdir, name));
    }
    const script = `
      const { connect } = await import(${JSON.stringify(join(outdir, "index.js"))});
      await using hutch = await connect({ uri: "test:///default" });
      console.log((await hutch.list()).map(({ name }) => name).join());`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect({ stdout, stderr }).toEqual({ stdout: "test\n", stderr: "" });
  });

  it("has types that a user's compiler reads without the checkout's room names", async () => {
    const types = join(outdir, "types");
    await writeTypes(types);
    const user = join(outdir, "user.mts");
    writeFileSync(
      user,
      `import { connect } from "./types/src/index.js";
       await using hutch = await connect();
       const { machine } = await hutch.launch({ image: "debian-13" }).result;
       export const name: string = machine.name;
       export const wrong: number = machine.name;
      `,
    );
    const library = ["--lib", "es2023,esnext.disposable", "--target", "es2023", "--module", "nodenext", "--strict"];
    const tsc = [
      join(ROOT, "node_modules/.bin/tsc"),
      "--noEmit",
      "--ignoreConfig",
      "--types",
      "node",
      ...library,
      user,
    ];
    const { stdout } = spawnSync(process.execPath, tsc, { encoding: "utf8" });
    expect(stdout.trim().split("\n")).toEqual([expect.stringMatching(/user\.mts\(5,.*'string' is not assignable/)]);
  });
});

describe("what is loaded at start", () => {
  const output = (inputs: string[], imports: Metafile["outputs"][string]["imports"] = []) => ({
    bytes: 0,
    exports: [],
    imports,
    inputs: Object.fromEntries(inputs.map((path) => [path, { bytesInOutput: 1 }])),
  });
  const metafile: Metafile = {
    inputs: {},
    outputs: {
      "dist/hutch.js": output(
        ["src/main.ts"],
        [
          { path: "dist/a.js", kind: "import-statement" },
          { path: "dist/later.js", kind: "dynamic-import" },
          { path: "koffi", kind: "import-statement", external: true },
        ],
      ),
      "dist/a.js": output(["a.ts"], [{ path: "dist/b.js", kind: "import-statement" }]),
      "dist/b.js": output(["node_modules/ink/index.js"], [{ path: "dist/a.js", kind: "import-statement" }]),
      "dist/later.js": output(["later.ts"]),
    },
  };

  it("follows statements through chunks, and nothing that is imported later", () => {
    expect(loadedAtStart(metafile, "hutch.js")).toEqual(["a.ts", "koffi", "node_modules/ink/index.js", "src/main.ts"]);
  });

  it("is a question about an output that exists", () => {
    expect(() => loadedAtStart(metafile, "other.js")).toThrow("no other.js");
  });
});
