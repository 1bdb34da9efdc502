import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ansibleInventory } from "../../../src/host/ssh/inventory.ts";
import {
  canBeHost,
  hostBlock,
  installConfig,
  removeConfig,
  type UserConfig,
  userConfigOf,
} from "../../../src/host/ssh/user-config.ts";
import { machine } from "../cli/stand-in.ts";

let home: string;
let config: UserConfig;
const target = {
  host: "127.0.0.1",
  port: 20_022,
  user: "me",
  uuid: "6695eb01-f6a4-8304-79aa-97f2502e193f",
  name: "web",
};
const pathsIn = (folder: string) => ({
  configFile: join(folder, ".config/hutch/config.yaml"),
  sshKey: join(folder, "ssh/id_ed25519"),
  knownHosts: join(folder, "known"),
  sshControl: join(folder, "c"),
});
/** What ssh itself makes of it. */
const asked = (file: string, host: string) => execFileSync("ssh", ["-G", "-F", file, host], { encoding: "utf8" });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "hutch ssh "));
  config = userConfigOf(pathsIn(home), home, "qemu:///session");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("the user's ssh configuration", () => {
  it("finds a VM by name, with its pinned key, in a home with a blank in its path", () => {
    installConfig(config, `${hostBlock(pathsIn(home), target)}\n`, true);
    const said = asked(config.userConfig, "web");
    expect(said).toContain("hostname 127.0.0.1\n");
    expect(said).toContain("port 20022\n");
    expect(said).toContain("user me\n");
    expect(said).toContain(`hostkeyalias hutch-${target.uuid}\n`);
    expect(said).toContain("stricthostkeychecking true\n");
    expect(said).toContain(join(home, "known", target.uuid));
    expect(asked(config.userConfig, "other")).toContain("hostname other\n");
  });

  it("is included once, above what was there, and taken out again to the byte", () => {
    mkdirSync(join(home, ".ssh"), { mode: 0o700 });
    const before = "Host *\n  Compression yes\n# the end, without a newline";
    writeFileSync(config.userConfig, before, { mode: 0o640 });
    installConfig(config, "Host web\n", true);
    installConfig(config, "Host web db\n", true);
    const text = readFileSync(config.userConfig, "utf8");
    expect(text.match(/^Include /gm)).toHaveLength(1);
    expect(text.indexOf("Include")).toBeLessThan(text.indexOf("Host *"));
    expect(statSync(config.userConfig).mode & 0o777).toBe(0o640);
    expect(removeConfig(config)).toBe(true);
    expect(readFileSync(config.userConfig, "utf8")).toBe(before);
    expect(existsSync(config.folder)).toBe(false);
    expect(removeConfig(config)).toBe(false);
  });

  it("is for its owner alone, and gone when hutch alone was in it", () => {
    installConfig(config, "Host web\n", true);
    for (const path of [config.userConfig, config.file]) expect(statSync(path).mode & 0o777).toBe(0o600);
    removeConfig(config);
    expect(existsSync(config.userConfig)).toBe(false);
  });

  it("stays a link where it is one", () => {
    mkdirSync(join(home, ".ssh"));
    writeFileSync(join(home, "dotfile"), "Host a\n");
    symlinkSync(join(home, "dotfile"), config.userConfig);
    installConfig(config, "", true);
    expect(readFileSync(join(home, "dotfile"), "utf8")).toContain("Include ");
    removeConfig(config);
    expect(readFileSync(join(home, "dotfile"), "utf8")).toBe("Host a\n");
  });

  it("keeps the line while another libvirt host needs it", () => {
    const system = userConfigOf(pathsIn(home), home, "qemu:///system");
    installConfig(config, "", true);
    installConfig(system, "", true);
    removeConfig(config);
    expect(readFileSync(config.userConfig, "utf8")).toContain("Include ");
    removeConfig(system);
    expect(existsSync(config.userConfig)).toBe(false);
  });

  it("is left as it was when it cannot be written", () => {
    mkdirSync(join(home, ".ssh"));
    mkdirSync(config.userConfig);
    expect(() => installConfig(config, "", true)).toThrow();
    chmodSync(config.userConfig, 0o700);
    expect(statSync(config.userConfig).isDirectory()).toBe(true);
  });

  it.each([
    ["web-1", true],
    ["a.b", true],
    ["My VM", false],
    ["web*", false],
    ["!web", false],
    ["-oProxyCommand=x", false],
    ["漢", false],
    ["a\nb", false],
  ])("%j can be a host's name: %s", (name, can) => {
    expect(canBeHost(name)).toBe(can);
  });
});

describe("the inventory", () => {
  it("has each VM with its pinned key, and its tags as groups that Ansible takes", () => {
    const record = machine("web", {}).record;
    if (record === null) throw new Error("no record");
    const tagged = { ...record, tags: ["prod", "tier 1", "all", "web"] };
    const { all } = parse(ansibleInventory(pathsIn(home), [{ target, record: tagged }]));
    expect(all.hosts.web).toMatchObject({ ansible_host: "127.0.0.1", ansible_port: 20_022, ansible_user: "me" });
    const words = execFileSync("sh", ["-c", `printf '%s\\n' ${all.hosts.web.ansible_ssh_common_args}`], {
      encoding: "utf8",
    });
    expect(words).toContain(`HostKeyAlias=hutch-${target.uuid}\n`);
    expect(words).toContain(`UserKnownHostsFile="${join(home, "known", target.uuid)}"\n`);
    expect(Object.keys(all.children)).toEqual(["prod", "tag_all", "tag_web", "tier_1"]);
    expect(all.children.prod).toEqual({ hosts: { web: {} } });
  });

  it("is an inventory without VMs, too", () => {
    expect(parse(ansibleInventory(pathsIn(home), []))).toEqual({ all: { hosts: {} } });
  });
});
