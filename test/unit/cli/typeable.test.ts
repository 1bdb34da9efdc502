import { describe, expect, it } from "vitest";
import { SAME_WITH_YES, typeable } from "../../../src/cli/typeable.ts";
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

  it.each([
    [["image", "rm", "debian-13", "-q"], "hutch image rm debian-13 -q --yes"],
    [["-c", "nas", "delete", "My VM"], "hutch -c nas delete 'My VM' --yes"],
    [["purge", "--", "-odd"], "hutch purge --yes -- -odd"],
  ])("is the whole command where only --yes is missing: %j", (argv, said) => {
    expect(typeable([SAME_WITH_YES], argv)).toEqual([said]);
  });

  it("is that from the command line on", async () => {
    const image = { name: "debian-13", digest: "sha256:00", volume: "v", bytes: 1, usedBy: [] };
    const { code, stderr, calls } = await hutch(["--no-color", "image", "rm", "debian-13"], {
      images: [image] as never,
    });
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toContain("→ hutch --no-color image rm debian-13 --yes\n");
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
