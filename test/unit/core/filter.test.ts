import { describe, expect, it } from "vitest";
import { parseFilter } from "../../../src/core/filter.ts";
import type { MachineView } from "../../../src/core/machine/view.ts";
import { machine } from "../cli/stand-in.ts";

const with_ = (name: string, change: Partial<NonNullable<MachineView["record"]>>, view: Partial<MachineView> = {}) => {
  const { record, ...rest } = machine(name, view);
  return { ...rest, record: record === null ? null : { ...record, ...change } };
};
const stopped = { status: { power: "stopped", reason: "", persistent: true } } as const;
const docker = { name: "docker", version: "29", source: "", installedAt: "" };

const MACHINES: readonly MachineView[] = [
  with_("web", { tags: ["prod", "eu"], engine: docker }),
  with_("web-2", { tags: ["test"], protected: true }, stopped),
  with_("db", { tags: ["prod"] }, { problems: ["It is odd."] }),
  machine("My VM", { record: null, ...stopped }),
  machine("old", stopped, "trashed"),
];

const found = (...words: string[]) => MACHINES.filter(parseFilter(words).matches).map(({ name }) => name);

describe("filters", () => {
  it.each([
    [[], ["web", "web-2", "db", "My VM", "old"]],
    [["state=running"], ["web", "db"]],
    [["state=running", "tag=prod", "engine=docker"], ["web"]],
    [["state!=running"], ["web-2", "My VM", "old"]],
    [["!state=running"], ["web-2", "My VM", "old"]],
    [["!state!=running"], ["web", "db"]],
    [["state=running,trashed"], ["web", "db", "old"]],
    [["tag=eu,test"], ["web", "web-2"]],
    [["tag=prod", "tag=eu"], ["web"]],
    [["tag=none"], ["My VM", "old"]],
    [["tag!=none"], ["web", "web-2", "db"]],
    [["engine=none"], ["web-2", "db", "My VM", "old"]],
    [["name=web"], ["web"]],
    [["name=web*"], ["web", "web-2"]],
    [["name=*b"], ["web", "db"]],
    [["name=w*b*2"], ["web-2"]],
    [["name=web*web"], []],
    [["web"], ["web", "web-2"]],
    [
      ["!web", "!old"],
      ["db", "My VM"],
    ],
    [["WEB"], ["web", "web-2"]],
    [["my vm"], ["My VM"]],
    [["owner=others"], ["My VM"]],
    [["owner=hutch", "protected=yes"], ["web-2"]],
    [["problem=yes"], ["db"]],
    [["name~^web(-\\d)?$"], ["web", "web-2"]],
    [["~^w"], ["web", "web-2"]],
    [["name!~^w"], ["db", "My VM", "old"]],
    [["image:bian"], ["web", "web-2", "db", "old"]],
    [["!image:bian"], ["My VM"]],
    [["mem>1G"], ["web", "web-2", "db", "old"]],
    [
      ["memory>=2048M", "mem<=2"],
      ["web", "web-2", "db", "old"],
    ],
    [["mem>2G"], []],
    [
      ["cpus=2,4", "disk<1T"],
      ["web", "web-2", "db", "old"],
    ],
    [["!cpus=2"], ["My VM"]],
    [["image=debian-*"], ["web", "web-2", "db", "old"]],
    [
      ["network=default", "ephemeral=no", "web"],
      ["web", "web-2"],
    ],
  ])("%j", (words, names) => {
    expect(found(...words)).toEqual(names);
  });

  it("want the trash only when they name it", () => {
    expect(parseFilter(["state=trashed"]).wantsTrash).toBe(true);
    expect(parseFilter(["state!=trashed"]).wantsTrash).toBe(false);
    expect(parseFilter(["state=running"]).wantsTrash).toBe(false);
  });

  it.each([
    ["stat=running", 'Did you mean "state"?'],
    ["colour=red", "there are name, state, tag"],
    ["state=runing", '"runing" is none of running, stopped'],
    ["protected=maybe", "is none of yes, no"],
    ["tag=", '"tag" needs a value'],
    ["tag=a,,b", '"tag" needs a value'],
    ["=x", "there are name"],
    ["!", "it is empty"],
    ["mem=lots", '"lots" is no size; mem>4G, for one'],
    ["cpus>many", '"many" is no number'],
    ["mem>", '"mem" needs a value'],
    ["mem>1G,2G", "> takes one amount"],
    ["mem:4", '"mem" is an amount'],
    ["state>1", '"state" is no amount; state=running'],
    ["name~(", "no regular expression"],
    ["name~(a+)+$", "repeats a group"],
    ["name~(a|b)*", "repeats a group"],
    ["name~(x)\\1", "refers back"],
    ["name~.*a.*b.*c.*d.*", "more than 4 repetitions"],
    ["constructor=x", 'there is no "constructor"'],
  ])("refuses %j in clear words", (word, said) => {
    expect(() => parseFilter([word])).toThrow(
      expect.objectContaining({
        code: "E_USAGE",
        message: expect.stringContaining(said),
        next: expect.arrayContaining(["hutch list --help"]),
      }),
    );
  });

  it("takes stars and stranger characters for what they are, at once", () => {
    expect(found("name=(w*)+")).toEqual([]);
    expect(found(`name=${"*a".repeat(5_000)}`)).toEqual([]);
    expect(found("name=日本*")).toEqual([]);
  });
});
