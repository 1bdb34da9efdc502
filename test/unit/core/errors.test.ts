import { describe, expect, it } from "vitest";
import { asHutchError } from "../../../src/core/errors.ts";

describe("what the system refuses", () => {
  it.each(["ENOSPC", "EDQUOT", "EROFS", "EACCES"])("%s is the host's to put right, and no bug", (code) => {
    const error = asHutchError(Object.assign(new Error(`${code}: told, write`), { code }));
    expect(error).toMatchObject({ code: "E_HOST", exitCode: 6, why: `${code}: told, write.` });
  });

  it("and nothing else", () => {
    expect(asHutchError(Object.assign(new Error("x"), { code: "EBADF" })).code).toBe("E_BUG");
    expect(asHutchError("x").code).toBe("E_BUG");
  });
});
