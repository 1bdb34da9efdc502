import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { asHutchError, HutchError } from "../../../src/core/errors.ts";

function thrownBy(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return expect.fail("It went well.");
}

describe("anything thrown", () => {
  it("is as it was, when it is hutch's own", () => {
    const own = new HutchError({ code: "E_USAGE", message: "x" });
    expect(asHutchError(own)).toBe(own);
  });

  it("is the system's refusal of a path, with how to look at it", () => {
    const path = `${import.meta.filename}/folder`;
    expect(asHutchError(thrownBy(() => mkdirSync(path)))).toMatchObject({
      code: "E_HOST",
      message: `${path} cannot be used: a file is where a folder should be.`,
      next: [`namei -l ${path}: whose each folder on the way is`],
    });
  });

  it("is a full disk, though nobody knows any more what was written", () => {
    expect(asHutchError(thrownBy(() => writeFileSync("/dev/full", "x")))).toMatchObject({
      code: "E_HOST",
      message: "A file cannot be used: there is no space left on its disk.",
      next: ["df -h: how much room there is"],
    });
  });

  it.each([new Error("oh"), "oh", Object.assign(new Error("oh"), { code: "ENOENT", path: "/x" })])(
    "is a bug of hutch's otherwise: %s",
    (error) => {
      expect(asHutchError(error)).toMatchObject({ code: "E_BUG", exitCode: 70, message: "hutch broke: oh" });
    },
  );
});
