import { describe, expect, it } from "vitest";
import { besideOpened } from "../../../src/cli/hosts-to-open.ts";

const named = (name: string) => ({ name, uri: `qemu+ssh://${name}/system`, connect: name });
const own = { name: "qemu:///system", uri: "qemu:///system", connect: null };

describe("hosts that are named while they are looked at", () => {
  it("do not take away the one that was opened without a name, which is to be named from then on", () => {
    expect(besideOpened([own], [named("nas")])).toEqual([{ ...own, connect: "qemu:///system" }, named("nas")]);
  });

  it("take its place once it has a name itself", () => {
    const here = { name: "here", uri: own.uri, connect: "here" };
    expect(besideOpened([own], [here, named("nas")])).toEqual([here, named("nas")]);
  });

  it("come and go as the file says", () => {
    expect(besideOpened([named("nas"), named("attic")], [named("attic"), named("cellar")])).toEqual([
      named("attic"),
      named("cellar"),
    ]);
    expect(besideOpened([own], [own])).toEqual([own]);
  });
});
