import { describe, expect, it } from "vitest";
import { isMeantBy } from "../../../src/core/image.ts";

const digest = (word: string) => `sha256:${word.repeat(32)}`;
const image = (name: string, word: string) => ({ name, digest: digest(word), volume: `mine-${word}.qcow2` });

describe("a word for an image of the store", () => {
  const stored = [image("mine", "ab"), image("mine", "cd"), image("other", "cd")];

  it.each([
    ["mine", [0, 1]],
    [digest("cd"), [1, 2]],
    [`mine@${digest("cd")}`, [1]],
    [`other@${digest("ab")}`, []],
    ["mine-ab.qcow2", [0]],
    ["mine@ab", []],
  ])("%s", (word, meant) => {
    expect(stored.flatMap((each, index) => (isMeantBy(word, each) ? [index] : []))).toEqual(meant);
  });
});
