/** Completion as the shells themselves do it, with the bundled hutch and libvirt's test driver; and the man page as man shows it. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "hutch-shells-"));
const bin = join(folder, "bin");
const env = {
  PATH: `${bin}:${process.env["PATH"] ?? ""}`,
  HOME: folder,
  LANG: "C.UTF-8",
  TERM: "dumb",
  HUTCH_CONNECT: "test:///default",
};

const HOSTS = [
  "qemu:///system",
  ...(process.getuid?.() === 0 ? [] : ["qemu:///session"]),
  "test:///default",
  "qemu+ssh://attic/system",
  "qemu+ssh://nas.lan/system",
];

beforeAll(() => {
  mkdirSync(bin);
  symlinkSync(join(ROOT, "dist/hutch.js"), join(bin, "hutch"));
  symlinkSync(process.execPath, join(bin, "node"));
  for (const [shell, file] of [
    ["bash", "hutch.bash"],
    ["zsh", "_hutch"],
    ["fish", "hutch.fish"],
  ] as const)
    writeFileSync(join(folder, file), execFileSync(join(bin, "hutch"), ["completion", shell], { env }));
  writeFileSync(join(folder, "a file.qcow2"), "");
  mkdirSync(join(folder, ".ssh"));
  writeFileSync(
    join(folder, ".ssh/config"),
    "Include hutch\nHost attic nas.lan *.example\n  User me\nhost=attic\nHost *\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function answer(argv: readonly string[]): readonly string[] {
  const [program = "", ...args] = argv;
  const { stdout, stderr, status } = spawnSync(program, args, { env, cwd: folder, encoding: "utf8", timeout: 50_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter(Boolean);
}

/** What bash would put in the place of the last word. */
function bash(...words: readonly string[]): readonly string[] {
  return bashAt(["hutch", ...words].join(" "), words);
}

/** The same with the line as it was typed: `words` are what bash makes of it. */
function bashAt(line: string, words: readonly string[]): readonly string[] {
  const script = `
    source ./hutch.bash
    compopt() { echo files; }
    COMP_LINE=$1 COMP_POINT=\${#1}
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _hutch
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return answer(["bash", "--norc", "-c", script, "bash", line, "hutch", ...words]);
}

/** What zsh's own completion would offer, told by the function that it hands its candidates to. */
function zsh(...words: readonly string[]): readonly string[] {
  return zshTold(...words).map((line) => line.split(/(?<!\\):/)[0] ?? "");
}

/** With what is said of each, after a colon. */
function zshTold(...words: readonly string[]): readonly string[] {
  const script = `
    fpath=(. $fpath)
    _describe() { print -rl -- "\${(@P)2}" }
    _files() { print files }
    autoload -Uz _hutch
    words=("$@") CURRENT=$#
    _hutch`;
  return answer(["zsh", "-f", "-c", script, "zsh", "hutch", ...words]);
}

/** What fish would offer for this line. */
function fish(line: string): readonly string[] {
  const script = "source ./hutch.fish; complete --do-complete $argv[1]";
  return answer(["fish", "--no-config", "-c", script, "--", line]).map((each) => each.split("\t")[0] ?? "");
}

describe("completion in bash", () => {
  it("completes commands, flags, values and names", () => {
    expect(bash("laun")).toEqual(["launch"]);
    expect(bash("network", "")).toEqual(["ls", "info", "leases", "create", "rm"]);
    expect(bash("stop", "--fo")).toEqual(["--force", "--foreign"]);
    expect(bash("list", "--output", "=", "nd")).toEqual(["ndjson"]);
    expect(bash("info", "t")).toEqual(["test"]);
    expect(bash("network", "info", "")).toEqual(["default"]);
    expect(bash("launch", "debian-1")).toEqual(["debian-11", "debian-12", "debian-13"]);
  });

  it("completes hosts, and replaces only what stands after the last colon", () => {
    expect(bash("-c", "")).toEqual(HOSTS);
    expect(bashAt("hutch -c qemu:///sy", ["-c", "qemu", ":", "///sy"])).toEqual(["///system"]);
    expect(bashAt("hutch --connect=qemu:///sy", ["--connect", "=", "qemu", ":", "///sy"])).toEqual(["///system"]);
    expect(bash("list", "-c", "qemu+")).toEqual(["qemu+ssh://attic/system", "qemu+ssh://nas.lan/system"]);
  });

  it("leaves files to bash", () => {
    expect(bash("image", "import", "")).toEqual(["files"]);
  });
});

describe("completion in zsh", () => {
  it("completes commands, flags, values and names", () => {
    expect(zsh("laun")).toEqual(["launch"]);
    expect(zsh("info", "t")).toEqual(["test"]);
    expect(zsh("list", "--output=nd")).toEqual(["--output=ndjson"]);
    expect(zsh("pool", "info", "")).toEqual(["default-pool"]);
    expect(zsh("image", "import", "")).toEqual(["files"]);
    // Nothing is shown beside what nothing is said of.
    expect(zshTold("list", "--output=nd")).toEqual(["--output=ndjson"]);
    expect(zshTold("pool", "info", "")).toEqual(["default-pool:/default-pool"]);
  });
});

describe("hosts in zsh and fish", () => {
  it("are those of this host, of the settings and of ssh's configuration", () => {
    expect(zsh("-c", "").map((name) => name.replaceAll("\\:", ":"))).toEqual(HOSTS);
    expect(fish("hutch list --connect ")).toEqual(HOSTS.toSorted());
    expect(fish("hutch config set connect qemu+ssh://n")).toEqual(["qemu+ssh://nas.lan/system"]);
  });
});

describe("completion in fish", () => {
  it("completes commands, flags, values and names", () => {
    expect(fish("hutch laun")).toEqual(["launch"]);
    expect(fish("hutch info t")).toEqual(["test"]);
    expect(fish("hutch list -o nd")).toEqual(["ndjson"]);
    expect(fish("hutch network leases ")).toEqual(["default"]);
    expect(fish("hutch image import a")).toEqual([expect.stringMatching(/^a.*file\.qcow2$/)]);
  });
});

describe("man hutch", () => {
  it("is shown by man without a warning", () => {
    const page = join(ROOT, "docs/man/hutch.1");
    const { stdout, stderr, status } = spawnSync(
      "man",
      ["--warnings", "-E", "UTF-8", "-Tutf8", "-P", "cat", "-l", page],
      {
        env: { ...env, MANWIDTH: "100", GROFF_NO_SGR: "1", MANROFFOPT: "-c" },
        encoding: "utf8",
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const text = stdout.replace(/.\u0008/g, "");
    expect(text).toContain("hutch launch [image]");
    expect(text).toContain("--data-disk <size>");
    expect(text).toMatch(/130 +cancelled/);
  });
});
