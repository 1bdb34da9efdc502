/** The terminal UI as people use it: in tmux, at 80x24, on a real guest, from its launch to its return from the trash. */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MachineInfo } from "../../src/core/requests.ts";
import { guestImage } from "../support/guest-image.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { HUTCH, type Lane, startSessionLane } from "../support/lane.ts";

const NAME = "t-ui";
const BOOT_MS = 900_000;
const MOMENT_MS = 60_000;
const STOP_MS = 300_000;

let lane: Lane;
let hutch: HutchCli;
let image: string;

const tmux = async (...words: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await lane.exec(["tmux", "-S", "tmux.sock", "-f", "/dev/null", ...words]);
  if (code !== 0) throw new Error(`tmux ${words.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
};
const screen = () => tmux("capture-pane", "-p");
/** As they are written; `Enter`, `Escape`, `Tab`, `C-u` are keys. */
const type = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await tmux("send-keys", ...(/^(?:Enter|Escape|Tab|C-.)$/.test(key) ? [key] : ["-l", key]));
};
const shows = (what: string | RegExp, timeout = MOMENT_MS) =>
  expect.poll(screen, { timeout, interval: 500 }).toMatch(typeof what === "string" ? literally(what) : what);
const literally = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
/** A line of the command line, typed after `:`. */
const command = (line: string) => type(":", line, "Enter");
const info = async () => (await hutch.json<{ machine: MachineInfo }>(["info", NAME])).machine;

beforeAll(async () => {
  lane = await startSessionLane();
  hutch = hutchIn(lane);
  image = join(lane.root, "image.qcow2");
  await copyFile(await guestImage("debian-13"), image);
  const editor = join(lane.root, "editor");
  await writeFile(editor, `#!/bin/sh\nsed -i 's|</name>|</name>\\n  <title>by hand</title>|' "$1"\n`, { mode: 0o755 });
  const env = ["env", "-u", "CI", `EDITOR=${editor}`];
  await tmux("new-session", "-d", "-x", "80", "-y", "24", "--", ...env, ...HUTCH, "ui");
});
afterAll(async () => {
  await hutch?.run(["delete", NAME, "--purge", "--yes", "--force"]);
  await lane?.stop();
});

describe("the terminal UI in tmux", () => {
  it("launches a VM from its form, and shows it boot", { timeout: BOOT_MS }, async () => {
    await shows("There are no VMs here yet.");
    await type("n");
    await shows("Launch a VM");
    const fields = [NAME, image, "1", "1G", "20G", "none"];
    for (const [at, text] of fields.entries()) await type(...(at === 0 ? [] : ["Tab"]), "C-u", text);
    await shows(`hutch launch ${image} --name ${NAME}`.slice(0, 60));
    await type("Enter");
    await shows(/▸ +t-ui +● running/, BOOT_MS);
    // Its steps, and under them what its console says meanwhile.
    await type("Enter");
    await shows(/✓ Start [\s\S]*── console[ │]*\n│ +(?:\[|<)/, BOOT_MS);
    await type("7");
    await shows(/launch t-ui +✓ done/, BOOT_MS);
    expect(await info()).toMatchObject({ status: { power: "running" }, record: { state: "made" } });
  });

  it("shows its disks, network and definition", { timeout: BOOT_MS }, async () => {
    await type("1", "Enter");
    await shows("Overview Graphs Console");
    await command("tab.disks");
    await shows(/vda +qcow2 +20 GiB/);
    await command("tab.network");
    await shows(/address +\S+/);
    await shows(/port +127\.0\.0\.1:\d+ → 22\/tcp/);
    await command("tab.xml");
    await shows("<name>t-ui</name>");
    await command("tab.containers");
    await shows("t-ui has no container engine.", BOOT_MS);
    await shows("hutch engine install docker t-ui");
  });

  it("follows its console, sits down at it, and leaves with Ctrl-]", { timeout: BOOT_MS }, async () => {
    await command("tab.console");
    await shows(`${NAME} login:`);
    await type("Enter");
    await shows(`You are at the console of ${NAME}`);
    await type("Enter");
    await shows(new RegExp(`at the console[\\s\\S]*${NAME} login:`));
    await type("C-]");
    await shows("Overview Graphs Console");
    await type("Escape");
    await shows("╭─ VMs 1 ─");
  });

  it("stops it after a yes", { timeout: BOOT_MS }, async () => {
    await type("S");
    await shows(`$ hutch stop ${NAME}`);
    await type("y");
    await shows(/▸ +t-ui +○ stopped/, STOP_MS);
  });

  it("takes a snapshot that stands in the tree", { timeout: BOOT_MS }, async () => {
    await type("m");
    await shows(`: snapshot create ${NAME}`);
    await type("first", "Enter");
    // It says more than a line: that lies over the screen until it is closed.
    await shows("first: taken, stopped");
    await type("Escape");
    await expect.poll(screen, { timeout: MOMENT_MS }).not.toContain("first: taken");
    await type("Enter");
    await command("tab.snapshots");
    await shows(/└─ first ▸ now/);
  });

  it("opens its definition in the editor, and shows what came of it", { timeout: BOOT_MS }, async () => {
    await command("tab.xml");
    await shows("<name>t-ui</name>");
    await type("e");
    await shows(/Define t-ui so\?/);
    await type("y", "Enter");
    await shows("<title>by hand</title>");
    await type("Escape");
    await shows("╭─ VMs 1 ─");
  });

  it("puts it into the trash once its name is typed, and brings it back", { timeout: BOOT_MS }, async () => {
    await type("D");
    await shows(`type ${NAME} to go on:`);
    await type(NAME, "Enter");
    await shows(/▸ +t-ui +○ trash/);
    await type("u");
    await shows(/▸ +t-ui +○ stopped/);
    expect(await info()).toMatchObject({ status: { power: "stopped" }, record: { state: "made", trash: null } });
    await type("q");
    await expect.poll(async () => (await lane.exec(["tmux", "-S", "tmux.sock", "list-sessions"])).code).not.toBe(0);
  });
});
