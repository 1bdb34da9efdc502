import { describe, expect, it } from "vitest";
import { typeable } from "../../../src/cli/typeable.ts";
import { HutchError } from "../../../src/core/errors.ts";
import { hutch } from "./stand-in.ts";

describe("what is to be typed next", () => {
  it.each([
    ["hutch adopt My VM", ["My VM"], "hutch adopt 'My VM'"],
    ["sudo hutch info it's 漢", ["it's 漢"], "sudo hutch info 'it'\\''s 漢'"],
    ["virt-clone --original My VM", ["My VM"], "virt-clone --original 'My VM'"],
    ["hutch start web", ["web"], "hutch start web"],
    [
      "start, stop and restart take My VM with --foreign.",
      ["My VM"],
      "start, stop and restart take My VM with --foreign.",
    ],
  ])("%s, after %j, is %s", (line, words, said) => {
    expect(typeable([line], words)).toEqual([said]);
  });

  it("can be pasted, from talk and from JSON", async () => {
    const refused = () => {
      throw new HutchError({ code: "E_CONFLICT", message: "Not hutch's.", next: ["hutch adopt My VM"] });
    };
    const world = { hutch: { info: async () => refused() } };
    expect((await hutch(["info", "My VM"], world)).stderr).toContain("→ hutch adopt 'My VM'\n");
    const { stderr } = await hutch(["info", "My VM", "-o", "json"], world);
    expect(JSON.parse(stderr).error.next).toEqual(["hutch adopt 'My VM'"]);
  });
});
