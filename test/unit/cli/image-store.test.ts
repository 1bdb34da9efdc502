import { describe, expect, it } from "vitest";
import { hutch, whenSeen } from "./stand-in.ts";

const ran = ({ calls }: { readonly calls: readonly (readonly unknown[])[] }) => calls.map(([method]) => method);

describe("image prune", () => {
  it("only shows what would go where nobody can be asked", async () => {
    const { code, stdout, stderr, ...rest } = await hutch(["image", "prune"]);
    expect(code).toBe(0);
    expect(ran(rest)).toEqual(["prunePlan"]);
    expect(stdout).toContain("debian-12");
    expect(stderr).toContain("Nothing was removed. With --yes 1 KiB would be freed.");
  });

  it("removes with --yes", async () => {
    const { stderr, calls } = await hutch(["image", "prune", "--older-than", "7d", "--all", "--yes"]);
    const options = { all: true, olderThanMs: 7 * 24 * 3_600_000 };
    expect(calls).toEqual([
      ["prunePlan", options],
      ["prune", options],
    ]);
    expect(stderr).toContain("1 KiB are free again.");
  });

  it.each([
    ["y", ["prunePlan", "prune"]],
    ["n", ["prunePlan"]],
  ])("asks at a terminal: %s", async (answer, calls) => {
    const told = await hutch(["image", "prune"], {
      tty: true,
      meanwhile: (hands) => whenSeen(hands.seen, "Remove them, 1 KiB in all?", () => hands.type(`${answer}\r`)),
    });
    expect(told.code).toBe(0);
    expect(ran(told)).toEqual(calls);
  });

  it("tells programs whether it was done", async () => {
    const { stdout } = await hutch(["image", "prune", "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      done: false,
      pruned: { bytes: 1024, rows: [{ name: "debian-12" }] },
    });
  });
});

describe("image push, pull and import", () => {
  it.each([
    ["image push base oci://h/r:1 --plain-http", ["push", "base", "oci://h/r:1", { plainHttp: true }]],
    [
      "image pull debian-13 --mirror ustc",
      ["pull", "debian-13", { buildIfUnreachable: false, plainHttp: false, mirror: "ustc" }],
    ],
    [
      "image import https://h/a.ova --digest sha256:12 -n a",
      ["import", "https://h/a.ova", { name: "a", digest: "sha256:12" }],
    ],
  ])("%s", async (argv, call) => {
    const { code, calls } = await hutch(argv.split(" "));
    expect(code).toBe(0);
    expect(calls).toEqual([call]);
  });
});
