/** What a bake takes away, by the script's own functions in a tree of their own: this machine's programs, nothing else of it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guestScript } from "../../cloud-init/index.ts";
import { runTool } from "../support/tool.ts";

const USER = "baker-0a1b2c3d";
const SUDOERS = "etc/sudoers.d/90-cloud-init-users";

let root: string;

/** Outside of the tree is nothing that could be harmed: programs are mounted read-only, in a namespace that ends with it. */
const IN_TREE = `set -e
cd "$1"
mkdir -p usr dev tmp
mount --bind /usr usr
mount -o remount,bind,ro usr
touch dev/null
mount --bind /dev/null dev/null
for link in /bin /sbin /lib /lib64; do if [ -L "$link" ]; then cp -P "$link" .; fi; done
exec chroot . sh /clean.sh`;

async function clean(...functions: readonly string[]): Promise<void> {
  const script = guestScript("bake-clean.sh").replace(/^main .*$/m, functions.join("\n"));
  put("clean.sh", script);
  await runTool(["unshare", "--mount", "sh", "-c", IN_TREE, "sh", root], { env: { HUTCH_USER: USER } });
}

function put(path: string, content = "x\n"): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
const text = (path: string) => readFileSync(join(root, path), "utf8");
const isThere = (path: string) => existsSync(join(root, path));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hutch-clean-"));
  put(
    "etc/passwd",
    `root:x:0:0::/root:/bin/sh\nnone:x:2:2::/:/bin/false\n${USER}:x:1000:1000::/home/${USER}:/bin/sh\n`,
  );
  put("etc/group", `root:x:0:\nadm:x:4:${USER},ops\n${USER}:x:1000:\n`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("the users of a baked image", () => {
  it("have no keys left, wherever their homes are", async () => {
    put("etc/passwd", `${text("etc/passwd")}ci:x:1001:1001::/srv/ci:/bin/sh\nbot:x:1002:1002::/srv/my bots:/bin/sh\n`);
    const homes = ["root", "srv/ci", "srv/my bots", "home/of-no-user"];
    const gone = homes.flatMap((home) =>
      [".ssh/authorized_keys", ".ssh/authorized_keys2", ".ssh/known_hosts", ".bash_history", ".cache/x"].map((file) =>
        join(home, file),
      ),
    );
    for (const file of gone) put(file);
    put("srv/ci/.ssh/config");
    put(".cache/of the root folder");
    await clean("clean_users");
    expect(gone.filter(isThere)).toEqual([]);
    expect(isThere("srv/ci/.ssh/config")).toBe(true);
    expect(isThere(".cache/of the root folder")).toBe(true);
  });

  it("are all but the builder, who is gone with what names him", async () => {
    put("etc/subuid", `${USER}:100000:65536\nops:165536:65536\n`);
    put(`home/${USER}/.profile`);
    put(`var/mail/${USER}`);
    await clean("clean_users");
    expect(text("etc/passwd")).toBe("root:x:0:0::/root:/bin/sh\nnone:x:2:2::/:/bin/false\n");
    expect(text("etc/group")).toBe("root:x:0:\nadm:x:4:ops\n");
    expect(text("etc/subuid")).toBe("ops:165536:65536\n");
    expect([`home/${USER}`, `var/mail/${USER}`].filter(isThere)).toEqual([]);
  });

  const rules = (user: string) => `\n# User rules for ${user}\n${user} ALL=(ALL) NOPASSWD:ALL\n`;
  const HEADER = "# Created by cloud-init v. 25.1.4 on Tue, 24 Nov 2026 10:00:00 +0000\n";

  it("keep the sudo rules that user-data gave them", async () => {
    put(SUDOERS, `${HEADER}${rules("ops")}${rules(USER)}${rules(`${USER}-two`)}`);
    await clean("clean_users");
    expect(text(SUDOERS)).toBe(`${HEADER}${rules("ops")}\n${rules(`${USER}-two`)}`);
  });

  it("leave no file of rules when only the builder had any", async () => {
    put(SUDOERS, `${HEADER}${rules(USER)}`);
    await clean("clean_users");
    expect(isThere(SUDOERS)).toBe(false);
  });
});

describe("the names that a baked image had on its network", () => {
  it("are gone: leases, and the numbers that servers know it by", async () => {
    const gone = ["duid.xml", "iaid.xml", "lease-eth0-dhcp-ipv4.xml"].map((file) => `var/lib/wicked/${file}`);
    for (const file of [...gone, "var/lib/dhcp/dhclient.eth0.leases"]) put(file);
    await clean("clean_network");
    expect([...gone, "var/lib/dhcp/dhclient.eth0.leases"].filter(isThere)).toEqual([]);
  });

  it("are made anew where iSCSI is: Debian's service does that to a file that says so, others to none", async () => {
    const file = "etc/iscsi/initiatorname.iscsi";
    put("etc/hosts", "127.0.0.1 localhost\n");
    await clean("clean_name");
    expect(isThere(file)).toBe(false);
    put(file, "InitiatorName=iqn.1993-08.org.debian:01:abc\n");
    await clean('have() { [ "$1" = dpkg ]; }', "clean_name");
    expect(text(file)).toBe("GenerateName=yes\n");
    await clean("have() { false; }", "clean_name");
    expect(isThere(file)).toBe(false);
  });
});
