import { describe, expect, it } from "vitest";
import { TABLE } from "../../../src/cli/commands/table.ts";
import { hutch } from "./stand-in.ts";

describe("finding the command", () => {
  it.each([
    ["list", "ls"],
    ["list", "ps"],
    ["info", "inspect"],
    ["shell", "ssh"],
    ["delete", "rm"],
    ["launch", "run"],
    ["image ls", "images list"],
  ])("%s is %s too", async (name, alias) => {
    const [first, second] = await Promise.all([name, alias].map((words) => hutch([...words.split(" "), "--help"])));
    expect(first?.code).toBe(0);
    expect(first?.stdout).toContain(`Usage: hutch ${name}`);
    expect(second?.stdout).toBe(first?.stdout);
  });

  it("takes global flags before, between and after the words of a command", async () => {
    for (const words of [
      "-o json image ls",
      "image -o json ls",
      "image ls -o json",
      "--output=json image ls",
      "-ojson image ls",
    ]) {
      const { code, stdout } = await hutch(words.split(" "));
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ v: 1, images: [{ name: "debian-13" }] });
    }
  });

  it("does not take a global flag's value for a command", async () => {
    const { code, stdout } = await hutch(["--connect", "list", "list", "-o", "name"], { machines: [] });
    expect([code, stdout]).toEqual([0, ""]);
  });

  it.each([
    ["lanch", "hutch launch"],
    ["sotp", "hutch stop"],
    ["image lss", "hutch image ls"],
    ["engine instal", "hutch engine install"],
  ])("says what %s may have meant", async (words, meant) => {
    const { code, stderr, stdout } = await hutch(words.split(" "));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`Did you mean "${meant}"?`);
  });

  it("lists a noun's commands where one is missing", async () => {
    const { code, stderr } = await hutch(["image"]);
    expect(code).toBe(2);
    expect(stderr).toContain("hutch image pull");
  });

  it.each([
    [["list", "--trsah"], "--trash"],
    [["launch", "--cpu", "4"], "--cpus"],
    [["--nonsense"], "--nonsense"],
    [["version", "extra"], "Too many arguments"],
    [["info"], "Missing required argument"],
    [["launch", "--name"], "argument missing"],
    [["list", "-o", "xml"], "--output xml"],
  ])("refuses %j", async (argv, said) => {
    const { code, stdout, stderr } = await hutch(argv);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(said);
  });

  it("tells an error of usage in JSON where JSON was asked for", async () => {
    for (const argv of [
      ["lanch", "-o", "json"],
      ["list", "--output=json", "--bogus"],
    ]) {
      const { code, stderr } = await hutch(argv);
      expect(code).toBe(2);
      expect(JSON.parse(stderr)).toMatchObject({ v: 1, error: { code: "E_USAGE", exitCode: 2 } });
    }
  });

  it("shows versions without looking at libvirt", async () => {
    expect(await hutch(["--version"])).toEqual({
      code: 0,
      stdout: "hutch 0.0.0-test\n",
      stderr: "",
      calls: [],
      opened: [],
    });
  });

  it("answers hutch alone, and with 0", async () => {
    const { code, stdout, stderr } = await hutch([]);
    expect(code).toBe(0);
    expect(stdout).toBe("0 VMs, 0 running, at test:///default\n");
    expect(stderr).toContain("hutch launch");
  });
});

describe("the table of commands", () => {
  it("gives every word to one command only", () => {
    const words = TABLE.flatMap(({ words, aliases }) => [
      words.join(" "),
      ...aliases.map((alias) => [...words.slice(0, -1), alias].join(" ")),
    ]);
    expect(new Set(words).size).toBe(words.length);
  });

  it("has examples that begin with hutch, and flags with words, for each", async () => {
    for (const entry of TABLE) {
      const { examples, flags } = await entry.load();
      expect(examples.filter((line) => /\bhutch /.test(line))).toEqual(examples);
      expect(examples.length).toBeGreaterThan(0);
      for (const { syntax, text } of Object.values(flags)) {
        expect(syntax).toMatch(/^(-\w, )?--[a-z][a-z-]+( <[a-z=]+>)?$/);
        expect(text).not.toBe("");
      }
    }
  });
});
