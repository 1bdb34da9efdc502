/** The guides show real programs: the files beside them, word for word, and run by what `npm pack` makes of the checkout. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const GUIDES = join(ROOT, "docs/guides");
const programs = readdirSync(GUIDES).filter((name) => name.endsWith(".ts"));
const guide = (name: string) => readFileSync(join(GUIDES, name), "utf8");

describe("the guides", () => {
  it("show each program as it is", () => {
    const shown = readdirSync(GUIDES)
      .filter((name) => name.endsWith(".md"))
      .flatMap((name) => [...guide(name).matchAll(/```ts file=(\S+)\n([\s\S]*?)```/g)]);
    for (const [, file = "", code] of shown) expect(code, file).toBe(guide(file));
    expect(shown.map(([, file]) => file).sort()).toEqual(programs.sort());
  });
});

describe("the packed package, in a folder of somebody's own", () => {
  const folder = mkdtempSync(join(tmpdir(), "hutch-guides-"));
  const installed = join(folder, "node_modules/hutch");
  const run = (program: string, args: readonly string[]) => {
    const env = { ...process.env, HOME: folder, LIBVIRT_DEFAULT_URI: "test:///default" };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  beforeAll(() => {
    execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: ROOT, stdio: "pipe" });
    const [archive = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, archive), "-C", installed, "--strip-components=1"]);
    // What npm would fetch for it, and the types of Node.
    const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    for (const name of [...Object.keys(dependencies), "@types"])
      symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const name of programs) copyFileSync(join(GUIDES, name), join(folder, name));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has a man page where npm looks for one, a licence, and what its README shows", () => {
    const { man, files } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    // npm installs a list of them, and passes over a word.
    expect(man).toEqual(["docs/man/hutch.1"]);
    expect(files).toContain("LICENSE");
    for (const file of [...man, "LICENSE", "docs/demo.svg"])
      expect(readFileSync(join(installed, file)).length).not.toBe(0);
  });

  it("brings along only what it does not carry in itself", () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    expect(Object.keys(dependencies)).toEqual(["koffi", "yaml"]);
  });

  it("is a command that knows its images and answers", () => {
    const command = join(installed, "dist/hutch.js");
    expect(run(command, ["image", "find", "debian-13"])).toMatchObject({ status: 0, stderr: "" });
    expect(run(command, ["list", "-o", "name"])).toEqual({ status: 0, stdout: "test\n", stderr: "" });
  });

  it("runs the guide's programs, which tell a failure by its code", () => {
    expect(run("fleet.ts", [])).toEqual({ status: 0, stdout: "test\n", stderr: "" });
    expect(run("fleet.ts", ["test"])).toMatchObject({
      status: 5,
      stdout: "",
      stderr: expect.stringMatching(/^E_CONFLICT/),
    });
  });

  it("has the types that the guide's programs need, with the guide's settings", () => {
    const [, settings = ""] = /```json file=tsconfig.json\n([\s\S]*?)```/.exec(guide("provisioning.md")) ?? [];
    writeFileSync(join(folder, "tsconfig.json"), settings);
    const { status, stdout } = run(join(ROOT, "node_modules/.bin/tsc"), ["--project", folder]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
});
