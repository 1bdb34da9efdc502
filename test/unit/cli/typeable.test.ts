import { describe, expect, it } from "vitest";
import { typeable } from "../../../src/cli/typeable.ts";
import { HutchError } from "../../../src/core/errors.ts";
import { finished, hutch, machine } from "./stand-in.ts";

describe("what is to be typed next", () => {
  it.each([
    ["hutch adopt My VM", ["My VM"], "hutch adopt 'My VM'"],
    ["sudo hutch info it's 漢", ["it's 漢"], "sudo hutch info 'it'\\''s 漢'"],
    ["virt-clone --original My VM", ["My VM"], "virt-clone --original 'My VM'"],
    ["hutch start web", ["web"], "hutch start web"],
    ["hutch delete --yes 'My VM'", ["My VM"], "hutch delete --yes 'My VM'"],
    ["hutch cp FILE $&:", ["$&"], "hutch cp FILE '$&':"],
    [
      "start, stop and restart take My VM with --foreign.",
      ["My VM"],
      "start, stop and restart take My VM with --foreign.",
    ],
  ])("%s, after %j, is %s", (line, words, said) => {
    expect(typeable([line], words)).toEqual([said]);
  });

  it("is the whole command where only --yes is missing", async () => {
    const image = { name: "debian-13", digest: "sha256:00", volume: "v", bytes: 1, usedBy: [] };
    const { code, stderr, calls } = await hutch(["--no-color", "image", "rm", "debian-13"], {
      images: [image] as never,
    });
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toContain("→ hutch image rm --yes debian-13\n");
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

  it("can be pasted for a VM that was named by its UUID", async () => {
    const refused = async () => {
      throw new HutchError({ code: "E_CONFLICT", message: "Not hutch's.", next: ["hutch adopt My VM"] });
    };
    const mine = machine("My VM");
    const { stderr } = await hutch(["info", mine.uuid.toUpperCase()], { machines: [mine], hutch: { info: refused } });
    expect(stderr).toContain("→ hutch adopt 'My VM'\n");
  });

  it("can be pasted where nothing went wrong", async () => {
    const snapshots = { list: async () => [] } as never;
    const world = { hutch: { snapshots } };
    expect((await hutch(["snapshot", "ls", "My VM"], world)).stderr).toContain("hutch snapshot create 'My VM')");
    const change = { setting: "cpus", from: "2", to: "4", when: "restart" as const, note: "" };
    const plan = { name: "My VM", changes: [change], warnings: [] };
    const set = { planSet: async () => plan, set: () => finished(plan) };
    expect((await hutch(["set", "My VM", "cpus=4"], { hutch: set })).stderr).toContain("hutch restart 'My VM'\n");
  });

  it("is the whole command where only the consent was missing", async () => {
    const { code, stderr } = await hutch(["-c", "qemu:///system", "purge", "My VM", "-q"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("→ hutch purge --yes -c qemu:///system 'My VM'\n"),
    });
  });
});
