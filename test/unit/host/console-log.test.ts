import { appendFileSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { followConsole, readConsole, removeConsoleLog } from "../../../src/host/console-log.ts";

const folder = mkdtempSync(join(tmpdir(), "hutch-console-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = () => join(folder, `${++count}.log`);

async function all(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const read: string[] = [];
  for await (const line of lines) read.push(line);
  return read;
}

/** Follows until `wanted` lines have come; `act` runs after each. */
async function follow(
  path: string,
  wanted: number,
  act: (line: string | null) => void,
  fromStart = true,
): Promise<string[]> {
  const stop = new AbortController();
  const lines: string[] = [];
  act(null);
  for await (const line of followConsole(path, { signal: stop.signal, fromStart })) {
    lines.push(line);
    if (lines.length === wanted) stop.abort();
    act(line);
  }
  return lines;
}

describe("a console log", () => {
  it("is read whole, its last line too, cleaned of escapes", async () => {
    const path = fresh();
    writeFileSync(path, "\u001b[32mone\u001b[0m\r\ntwo");
    expect(await all(readConsole(path))).toEqual(["one", "two"]);
    expect(await all(readConsole(fresh()))).toEqual([]);
  });

  it("is followed from its start or from now on", async () => {
    const path = fresh();
    writeFileSync(path, "old\n");
    expect(await follow(path, 2, (line) => line === "old" && appendFileSync(path, "new\n"))).toEqual(["old", "new"]);
    const timer = setTimeout(() => appendFileSync(path, "newer\n"), 100);
    expect(await follow(path, 1, () => undefined, false)).toEqual(["newer"]);
    clearTimeout(timer);
  });

  it("tells what stands after its last line, until that is a line", async () => {
    const path = fresh();
    const stop = new AbortController();
    const prompts: string[] = [];
    const lines: string[] = [];
    writeFileSync(path, "Debian 13\nweb login: ");
    const onPrompt = (text: string) => {
      prompts.push(text);
      if (text === "web login: ") appendFileSync(path, "ada\n");
    };
    for await (const line of followConsole(path, { signal: stop.signal, fromStart: true, onPrompt })) {
      lines.push(line);
      if (line.endsWith("ada")) setTimeout(() => stop.abort(), 10);
    }
    expect(lines).toEqual(["Debian 13", "web login: ada"]);
    expect(prompts).toEqual(["web login: ", ""]);
  });

  it("may come into being later, be cut off and be rotated away", async () => {
    const path = fresh();
    const timer = setTimeout(() => writeFileSync(path, "born a while ago\n"), 100);
    const lines = await follow(path, 4, (line) => {
      if (line?.startsWith("born")) {
        truncateSync(path);
        appendFileSync(path, "cut\n");
      }
      if (line === "cut") {
        appendFileSync(path, "last\n");
        renameSync(path, `${path}.0`);
        writeFileSync(path, "rotated\n");
      }
    });
    clearTimeout(timer);
    expect(lines).toEqual(["born a while ago", "cut", "last", "rotated"]);
  });

  it("goes with its VM, rotated parts too, and no other file does", () => {
    const place = mkdtempSync(join(folder, "logs-"));
    const names = ["hutch-u-1.console.log", "hutch-u-1.console.log.0", "hutch-u-2.console.log", "web.log"];
    for (const name of names) writeFileSync(join(place, name), "x");
    removeConsoleLog(join(place, "hutch-u-1.console.log"), "u-1");
    removeConsoleLog(join(place, "web.log"), "u-1");
    removeConsoleLog("/nowhere/hutch-u-1.console.log", "u-1");
    expect(readdirSync(place).sort()).toEqual(["hutch-u-2.console.log", "web.log"]);
  });

  it("is not allowed to grow one line for ever", async () => {
    const path = fresh();
    writeFileSync(path, "x".repeat(100_000));
    const lines = await all(readConsole(path));
    expect(lines.every((line) => line.length <= 4096)).toBe(true);
  });
});
