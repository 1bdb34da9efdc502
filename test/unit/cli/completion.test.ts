import { describe, expect, it } from "vitest";
import { TABLE } from "../../../src/cli/commands/table.ts";
import { knownNames } from "../../../src/cli/known-names.ts";
import { HutchError } from "../../../src/core/errors.ts";
import type { Hutch } from "../../../src/index.ts";
import { hutch, machine, type World } from "./stand-in.ts";

const WORLD: World = { machines: [machine("web"), machine("My VM"), machine("old", {}, "trashed")] };
const answer = async (...words: string[]) => (await hutch(["__complete", ...words], WORLD)).stdout;
const candidates = async (...words: string[]) =>
  (await answer(...words))
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t")[0]);

describe("completion", () => {
  it("knows every command, once, with what it is for", async () => {
    const all = await candidates("");
    expect(new Set(all)).toEqual(new Set([...TABLE.map(({ words }) => words[0]), "help"]));
    expect(all).toHaveLength(new Set(all).size);
    expect(await answer("laun")).toBe("launch\tMake a VM from a cloud image and follow it to ready\n");
    expect(await candidates("image", "p")).toEqual(["pull", "push", "prune"]);
    expect(await candidates("images", "r")).toEqual(["rm"]);
    expect(await candidates("help", "purg")).toEqual(["purge"]);
  });

  it("knows flags of the command and of all, and the values of those that have few", async () => {
    expect(await candidates("stop", "--f")).toEqual(["--force", "--foreign"]);
    expect(await candidates("--c")).toEqual(["--connect"]);
    expect(await candidates("list", "-o", "")).toEqual(["table", "json", "yaml", "name", "ndjson"]);
    expect(await candidates("-o", "js")).toEqual(["json"]);
    expect(await candidates("wait", "web", "--for", "")).toContain("cloud-init");
    expect(await candidates("list", "--output=nd")).toEqual(["--output=ndjson"]);
    // bash breaks words at the equals sign.
    expect(await candidates("list", "--output", "=", "nd")).toEqual(["ndjson"]);
    expect(await candidates("list", "--output", "=")).toEqual(["table", "json", "yaml", "name", "ndjson"]);
    expect(await candidates("launch", "--name", "")).toEqual([]);
  });

  it("knows the names of VMs, those of the trash where they are meant, and none twice", async () => {
    expect(await candidates("shell", "")).toEqual(["web", "My VM"]);
    expect(await candidates("stop", "web", "")).toEqual(["My VM"]);
    expect(await candidates("recover", "")).toEqual(["old"]);
    expect(await candidates("-c", "test:///default", "--verbose", "info", "w")).toEqual(["web"]);
    expect(await candidates("info", "web", "")).toEqual([]);
    expect(await candidates("wait", "--for", "ssh", "w")).toEqual(["web"]);
  });

  it("takes words as a shell has them, quotes and backslashes and all", async () => {
    expect(await candidates("shell", "My\\ V")).toEqual(["My VM"]);
    expect(await candidates("shell", "'My V")).toEqual(["My VM"]);
    expect(await candidates("shell", '"My V')).toEqual(["My VM"]);
  });

  it("knows images, networks, pools and settings", async () => {
    expect(await candidates("image", "rm", "")).toEqual(["debian-13"]);
    expect(await candidates("network", "leases", "")).toEqual(["default"]);
    expect(await candidates("pool", "info", "")).toEqual(["hutch"]);
    expect(await candidates("config", "set", "i")).toEqual(["image"]);
    expect(await candidates("completion", "")).toEqual(["bash", "zsh", "fish", "powershell"]);
  });

  it("knows hosts wherever one is named", async () => {
    const hosts = ["qemu:///system", "qemu+ssh://attic/system"];
    expect(await candidates("--connect", "")).toEqual(hosts);
    expect(await candidates("list", "-c", "qemu+")).toEqual(hosts.slice(1));
    expect(await candidates("--connect=qemu:")).toEqual(["--connect=qemu:///system"]);
    // bash breaks words at colons, too.
    expect(await candidates("-c", "qemu", ":", "///s")).toEqual(["qemu:///system"]);
    expect(await candidates("-c", "qemu", ":")).toEqual(["qemu:///system"]);
    expect(await candidates("config", "set", "connect", "")).toEqual(hosts);
    expect(await candidates("-c", "test", ":", "///default", "info", "w")).toEqual(["web"]);
  });

  it("knows the snapshots of the VM that stands before", async () => {
    const snapshots = [
      { name: "clean", current: false },
      { name: "works", current: true },
    ];
    const host = { info: async (name: string) => ({ snapshots: name === "web" ? snapshots : [] }) };
    const names = await knownNames("snapshot", {
      library: () => Promise.reject(new Error("not asked for")),
      env: {},
      before: ["web"],
      looking: (work) => work(host as unknown as Hutch),
    });
    expect(names).toEqual([
      { name: "clean", text: "" },
      { name: "works", text: "current" },
    ]);
  });

  it("leaves files to the shell, and the guest's words to nobody", async () => {
    expect(await answer("image", "import", "./")).toBe(":files\n");
    expect(await answer("launch", "--cloud-init", "")).toBe(":files\n");
    expect(await candidates("exec", "web", "--", "")).toEqual([]);
  });

  it("never fails, and never shows what could move a cursor", async () => {
    const broken = { list: () => Promise.reject(new HutchError({ code: "E_HOST", message: "No libvirt." })) };
    for (const words of [["shell", ""], ["nonsense", "x", ""], [], ["--", ""]]) {
      const { code, stderr } = await hutch(["__complete", ...words], { hutch: broken });
      expect([code, stderr]).toEqual([0, ""]);
    }
    const { stdout } = await hutch(["__complete", "shell", ""], { machines: [machine("a\u001b[2J")] });
    expect(stdout).toBe("");
  });

  it("is not listed among the commands", async () => {
    expect((await hutch(["--help"])).stdout).not.toContain("__complete");
  });

  it.each(["bash", "zsh", "fish", "powershell"])("prints what %s reads", async (shell) => {
    const { code, stdout, stderr } = await hutch(["completion", shell]);
    expect([code, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(`../../golden/completion/${shell}.txt`);
  });

  it("does not know other shells", async () => {
    const { code, stderr } = await hutch(["completion", "tcsh"]);
    expect([code, stderr.includes("bash, zsh, fish, powershell")]).toEqual([2, true]);
  });
});
