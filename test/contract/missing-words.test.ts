/** Every command without the words that it needs, by the bundled hutch: nobody can be asked there. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { missingOperands, wordOf } from "../../src/cli/command.ts";
import { TABLE } from "../../src/cli/commands/table.ts";

const HUTCH = join(import.meta.dirname, "../../dist/hutch.js");
const home = mkdtempSync(join(tmpdir(), "hutch-words-"));
const env = { PATH: process.env["PATH"] ?? "", HOME: home, HUTCH_CONNECT: "test:///default" };
afterAll(() => rmSync(home, { recursive: true }));

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function hutch(argv: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [HUTCH, ...argv], { env, cwd: home }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** Each command, cut off before each word that it cannot do without. */
const CUT = await Promise.all(
  TABLE.map(async (entry) => {
    const command = await entry.load();
    const required = missingOperands(command, []);
    const cuts = required.map((operand, index) => ({
      argv: [...entry.words, ...required.slice(0, index).map(() => "x")],
      word: wordOf(operand),
    }));
    const { rest } = command;
    return rest === undefined ? cuts : [...cuts, { argv: [...entry.words, "x"], word: wordOf(rest) }];
  }),
);

/** Words that some commands need only when others are given, or not. */
const CONDITIONAL = [
  ...["start", "stop", "restart", "pause", "resume", "save"].map((verb) => ({ argv: [verb], word: "names" })),
  { argv: ["mount", "."], word: "target" },
  { argv: ["cp", "web:x"], word: "target" },
  { argv: ["config", "set", "image"], word: "value" },
];

describe("a command that lacks a word", () => {
  it.each([...CUT.flat(), ...CONDITIONAL])("ends with 2 and names it: $argv lacks $word", async ({ argv, word }) => {
    const { code, stdout, stderr } = await hutch(argv);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`Missing required argument '${word}'`);
    const json = await hutch([...argv, "-o", "json"]);
    expect([json.code, JSON.parse(json.stderr)]).toEqual([
      2,
      { v: 1, error: expect.objectContaining({ code: "E_USAGE", next: expect.arrayContaining([expect.any(String)]) }) },
    ]);
  });

  it("of exec is told where the command goes when it was forgotten to say so", async () => {
    const plain = await hutch(["exec", "web", "uname", "machine"]);
    expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining("hutch exec web -- uname machine")]);
    const flag = await hutch(["exec", "web", "uname", "-m"]);
    expect([flag.code, flag.stderr]).toEqual([2, expect.stringContaining("hutch exec web -- uname -a")]);
  });
});
