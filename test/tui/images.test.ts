/** Images, as the keys of their screen treat them. */
import { describe, expect, it } from "vitest";
import type { BakedOrigin } from "../../src/core/bake.ts";
import { HutchError } from "../../src/core/errors.ts";
import type { ImageRow } from "../../src/core/requests.ts";
import { failed, finished } from "../unit/cli/stand-in.ts";
import { fleetHost } from "./fleet.ts";
import { opened, wide } from "./opened.ts";
import type { TerminalOptions } from "./terminal.ts";

/** The screen of images at a host that has these. */
async function showing(rows: readonly Partial<ImageRow>[], options: Partial<TerminalOptions> = {}) {
  const host = fleetHost();
  const [row] = await host.hutch.images.list();
  const stored = rows.map((each) => ({ ...row, usedBy: [], stale: false, ...each }));
  Object.assign(host.hutch.images, { list: async () => stored });
  const terminal = await opened({ ...wide, host, ...options });
  await terminal.type("2");
  await terminal.rest();
  return { terminal, host };
}

describe("a removal", () => {
  it("is of the one image in the row, and shows the line that does the same", async () => {
    const digest = (word: string) => `sha256:${word.repeat(32)}`;
    const { terminal: opened, host } = await showing([
      { name: "rocky-9", digest: digest("ab") },
      { name: "rocky-9", digest: digest("cd") },
      { name: "mine", digest: digest("cd") },
    ]);
    await using terminal = opened;
    await terminal.type("j", "D");
    const exact = `rocky-9@${digest("cd")}`;
    expect(terminal.program.store.get().overlays).toMatchObject([
      { k: "confirm", command: `hutch image rm --yes ${exact}` },
    ]);
    await terminal.type("rocky-9", "\r");
    await terminal.rest();
    expect(host.calls).toEqual([["image.remove", [exact]]]);
  });
});

const baked = (name: string, change: Partial<BakedOrigin> = {}): Partial<ImageRow> => ({
  name,
  digest: `sha256:${name}`,
  stale: true,
  origin: {
    ...{ kind: "baked", base: "debian-13", baseDigest: "sha256:old", engine: "docker", packages: [], userData: null },
    ...change,
  },
});

describe("a base that came anew", () => {
  const stored = [
    { name: "debian-13" },
    baked("debian-13-docker"),
    baked("dev", { packages: ["git", "htop"] }),
    baked("dev-more", { base: "dev" }),
    baked("own", { engine: null, userData: "sha256:1" }),
  ];
  const renew = (name: string, recipe: string) => [
    `${name} was baked from an older debian-13. To renew it:`,
    `  hutch image bake debian-13 ${recipe} --name ${name}`,
  ];

  it.each(["p", "b"])("by %s names what was baked from an older one, and how to renew it", async (key) => {
    const { terminal: opened, host } = await showing(stored);
    await using terminal = opened;
    Object.assign(host.hutch.images, { build: () => finished({ name: "debian-13" }) });
    await terminal.type(key);
    await terminal.rest();
    expect(terminal.screen()).toContain(
      "Baked from an older debian-13: debian-13-docker, dev, own. Jobs tells how to renew.",
    );
    expect(terminal.program.store.get().jobs).toMatchObject([
      {
        lines: [
          ...renew("debian-13-docker", "--engine docker"),
          ...renew("dev", "--engine docker --packages git,htop"),
          ...renew("own", "--user-data FILE"),
        ],
      },
    ]);
    expect(host.calls.filter(([verb]) => verb === "bake")).toEqual([]);
  });

  it("has them baked anew, seen, where the config file says so, but for what had a user-data", async () => {
    const { terminal: opened, host } = await showing(stored, { bakesByItself: true });
    await using terminal = opened;
    await terminal.type("p");
    await terminal.rest();
    const order = { base: "debian-13", engine: "docker", packages: [] };
    expect(host.calls).toEqual([
      ["pull", "debian-13"],
      ["bake", { ...order, name: "debian-13-docker" }],
      ["bake", { ...order, packages: ["git", "htop"], name: "dev" }],
      ["bake", { ...order, base: "dev", name: "dev-more" }],
    ]);
    const { jobs } = terminal.program.store.get();
    expect(jobs.map(({ title }) => title).toSorted()).toEqual([
      "Download debian-13",
      "bake debian-13-docker anew",
      "bake dev anew",
      "bake dev-more anew",
    ]);
    expect(jobs.flatMap(({ lines }) => lines)).toEqual(renew("own", "--user-data FILE"));
  });

  it("has no more of them baked once one was cancelled", async () => {
    const { terminal: opened, host } = await showing(stored, { bakesByItself: true });
    await using terminal = opened;
    const bakes: unknown[] = [];
    Object.assign(host.hutch.images, {
      bake: (request: unknown) => {
        bakes.push(request);
        return failed(new HutchError({ code: "E_CANCELLED", message: "Cancelled." }));
      },
    });
    await terminal.type("p");
    await terminal.rest();
    expect(bakes).toHaveLength(1);
  });
});

describe("a baked image whose base is newer", () => {
  const stored = [{ name: "debian-13" }, baked("dev", { packages: ["git"] })];

  it("is marked in the list, can be filtered, and says why", async () => {
    const { terminal: opened } = await showing(stored);
    await using terminal = opened;
    expect(terminal.screen()).toMatch(/debian-13 +here/);
    expect(terminal.screen()).toMatch(/dev +stale/);
    await terminal.type("/state=stale\r");
    expect(terminal.screen()).toContain("Images 1 of 3");
    expect(terminal.screen()).toContain("its base is newer by now");
  });

  it("is baked anew as it was by what the menu types out; any other gets an engine", async () => {
    const { terminal: opened } = await showing(stored);
    await using terminal = opened;
    await terminal.type(":image.bake\r");
    expect(terminal.screen()).toContain(": image bake debian-13 --engine docker ");
    await terminal.type("\x1b");
    await terminal.silence();
    await terminal.type("j", ":image.bake\r", "\r");
    await terminal.rest();
    expect(terminal.ran).toEqual(["run image bake debian-13 --engine docker --packages git --name dev"]);
  });
});

describe("a prune", () => {
  it("lists what goes before it is done", async () => {
    const { terminal: opened, host } = await showing([{ name: "debian-13" }]);
    await using terminal = opened;
    const rows = [{ name: "debian-12", digest: null, bytes: 2 ** 30, why: "unused, 40 days old" }];
    Object.assign(host.hutch.images, { prunePlan: async () => ({ rows, bytes: 2 ** 30 }) });
    await terminal.type(":image.prune\r");
    await terminal.rest();
    expect(terminal.screen()).toContain("Prune what nobody needs: kvm01");
    expect(terminal.screen()).toContain("debian-12: unused, 40 days old");
    expect(terminal.screen()).toContain("1 GiB in all");
    expect(terminal.screen()).toContain("$ hutch image prune --yes");
    await terminal.type("y");
    await terminal.rest();
    expect(terminal.ran).toEqual(["run image prune --yes"]);
  });
});
