import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TABLE } from "../../../src/cli/commands/table.ts";
import { hutch } from "./stand-in.ts";

const GOLDEN = join(import.meta.dirname, "../../golden/help");

describe("help", () => {
  it("of hutch", async () => {
    const { code, stdout, stderr, opened } = await hutch(["--help"]);
    expect([code, stderr, opened]).toEqual([0, "", []]);
    await expect(stdout).toMatchFileSnapshot(join(GOLDEN, "hutch.txt"));
    expect((await hutch(["help"])).stdout).toBe(stdout);
    expect((await hutch(["-h"])).stdout).toBe(stdout);
  });

  it.each(["image", "engine"])("of %s", async (noun) => {
    const { code, stdout } = await hutch([noun, "--help"]);
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot(join(GOLDEN, `${noun}.txt`));
    expect((await hutch(["help", noun])).stdout).toBe(stdout);
  });

  it.each(TABLE.map(({ words }) => [words.join(" "), words] as const))("of %s", async (name, words) => {
    const { code, stdout, stderr, opened } = await hutch([...words, "--help"]);
    expect([code, stderr, opened]).toEqual([0, "", []]);
    await expect(stdout).toMatchFileSnapshot(join(GOLDEN, `${name.replace(" ", "-")}.txt`));
    expect((await hutch(["help", ...words])).stdout).toBe(stdout);
    for (const line of stdout.split("\n"))
      if (!line.startsWith("  hutch ")) expect(line.length).toBeLessThanOrEqual(80);
  });
});
