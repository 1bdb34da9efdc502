import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type IPty, spawn as openTerminal } from "node-pty";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CopyResult } from "../../src/core/copy.ts";
import type { ConsolePassword, Inventory, MountRow } from "../../src/core/enter.ts";
import type { LaunchResult, PowerResult } from "../../src/core/requests.ts";
import { guestImage } from "../support/guest-image.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { HUTCH, type SystemLane, startSystemLane } from "../support/lane.ts";

const NAME = "t-door";
const BOOT_MS = 900_000;
/** What a shell, a tar archive or a list of lines could stumble over. */
const ODD = "o'dd \"na*me\n漢字 $x";
const LEAVE = "\x1d";

let lane: SystemLane;
let hutch: HutchCli;
let home: string;
let launched: LaunchResult;

/** In the guest, as the login user. */
const guest = async (...argv: string[]) => {
  const { code, stdout, stderr } = await hutch.run(["exec", NAME, "--", ...argv]);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
};
const copy = async (...args: string[]) => (await hutch.json<{ copied: CopyResult[] }>(["cp", ...args])).copied;
const at = (...parts: string[]) => join(home, ...parts);

beforeAll(async () => {
  lane = await startSystemLane();
  hutch = hutchIn(lane);
  home = lane.env["HOME"] ?? "";
  await lane.exec(["virsh", "net-start", "default"]);
  const words = ["--name", NAME, "--memory", "1G", "--console-password"];
  launched = await hutch.launch([await guestImage("debian-13"), ...words]);
}, BOOT_MS);
afterAll(async () => lane?.stop());

describe("cp", () => {
  it("brings a file with an odd name in and out again, byte for byte, with its permissions", async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0, 1, 2]);
    await writeFile(at(ODD), bytes, { mode: 0o751 });
    expect(await copy(ODD, `${NAME}:`)).toEqual([{ name: ODD, bytes: bytes.length }]);
    expect(await guest("stat", "-c", "%a %s", ODD)).toBe("751 7\n");
    await copy("-p", `${NAME}:${ODD}`, "back");
    expect(await readFile(at("back"))).toEqual(bytes);
    expect((await stat(at("back"))).mode & 0o777).toBe(0o751);
  });

  it("brings folders with links and odd names, under a new name or into one that is there", async () => {
    await mkdir(at("tree", ODD), { recursive: true });
    await writeFile(at("tree", ODD, "x"), "deep");
    await symlink("nowhere", at("tree", "link"));
    await copy("-r", "tree", `${NAME}:leaf`);
    await copy("-r", `${NAME}:leaf`, "again");
    expect((await lane.exec(["diff", "-r", "--no-dereference", at("tree"), at("again")])).code).toBe(0);
    await copy("-r", "tree", `${NAME}:leaf`);
    expect(await guest("cat", `leaf/tree/${ODD}/x`)).toBe("deep");
    expect(await hutch.refused(["cp", "tree", `${NAME}:`])).toMatchObject({
      code: 2,
      fault: { next: ["Copy it with -r."] },
    });
  });

  it("reads standard input and writes standard output", async () => {
    expect((await hutch.run(["cp", "-", `${NAME}:typed`], { stdin: "from a pipe\n" })).code).toBe(0);
    expect((await hutch.run(["cp", `${NAME}:typed`, "-"])).stdout).toBe("from a pipe\n");
  });

  it("goes from VM to VM, and takes several sources into a folder", async () => {
    await copy(`${NAME}:typed`, `${NAME}:/tmp/moved`);
    expect(await guest("cat", "/tmp/moved")).toBe("from a pipe\n");
    await writeFile(at("one"), "1");
    await copy("one", `${NAME}:typed`, `${NAME}:/tmp`);
    expect(await guest("cat", "/tmp/one", "/tmp/typed")).toBe("1from a pipe\n");
    const nowhere = await hutch.refused(["cp", "one", "back", `${NAME}:/tmp/none`]);
    expect(nowhere).toMatchObject({ code: 4, fault: { message: `There is no folder ${NAME}:/tmp/none.` } });
  });

  it.each([
    [["missing", `${NAME}:`], 4, "There is no missing here."],
    [[`${NAME}:mis\nsing 漢`, "."], 4, `There is no ${NAME}:mis\nsing 漢.`],
    [[`${NAME}:/etc/shadow`, "."], 9, "may not be read"],
    [["one", `${NAME}:/usr/x`], 9, "may not be written"],
    [["one", `${NAME}:/tmp/none/x`], 4, "The folder for"],
    [["one", `${NAME}:/dev/null`], 5, "no file"],
    [[`${NAME}:typed`, "none/x"], 4, "There is no folder none here."],
    [["one", "t-dor:"], 4, 'There is no VM named "t-dor".'],
  ])("%j ends with %i and says why", async (words, code, said) => {
    const { code: ended, fault } = await hutch.refused(["cp", ...words], { cwd: home });
    expect([ended, fault.message]).toEqual([code, expect.stringContaining(said)]);
  });

  it("ends when the target refuses, however much there is to come", async () => {
    await guest("truncate", "-s", "300M", "large");
    expect((await hutch.refused(["cp", `${NAME}:large`, "none/x"])).code).toBe(4);
    expect((await hutch.refused(["cp", `${NAME}:large`, `${NAME}:/usr/x`])).code).toBe(9);
  });

  it("leaves nothing half there, in the guest or here, when it is broken off", async () => {
    await writeFile(at("big"), Buffer.alloc(300 * 1024 ** 2));
    await guest("sh", "-c", "echo old > big; mkdir -p drafts");
    for (const words of [
      ["big", `${NAME}:big`],
      ["-", `${NAME}:drafts/new`],
    ]) {
      const running = lane.spawn([...HUTCH, "cp", ...words]);
      if (words[0] === "-") running.child.stdin.write("a part of it");
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      running.kill("SIGKILL");
      await running.done;
    }
    await guest("sh", "-c", "timeout 60 sh -c \"while pgrep -f '[c]opy-receive.sh' >/dev/null; do sleep 0.2; done\"");
    expect(await guest("cat", "big")).toBe("old\n");
    expect(await guest("sh", "-c", "ls -A drafts; ls -d .hutch-* 2>/dev/null || true")).toBe("");

    const running = lane.spawn([...HUTCH, "cp", `${NAME}:large`, "one"]);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    running.kill("SIGINT");
    expect((await running.done).code).toBe(130);
    expect(await readFile(at("one"), "utf8")).toBe("1");
    expect((await readdir(home)).filter((name) => name.startsWith(".hutch-"))).toEqual([]);
  });
});

describe("exec --agent", () => {
  const agent = (argv: string[], stdin = "") => hutch.run(["exec", "--agent", NAME, "--", ...argv], { stdin });

  it("needs no ssh: argv word for word, both outputs, input and the exit code", async () => {
    await guest("sudo", "systemctl", "stop", "ssh.socket", "ssh.service");
    try {
      expect(
        await agent(["sh", "-c", 'id -u; printf "%s|" "$@"; cat; echo no >&2; exit 5', "sh", ODD, ""], "in\0"),
      ).toEqual({
        code: 5,
        stdout: `0\n${ODD}||in\0`,
        stderr: "no\n",
      });
      expect((await agent(["sh", "-c", "kill -9 $$"])).code).toBe(137);
    } finally {
      await agent(["systemctl", "start", "ssh.socket"]);
      await agent(["systemctl", "start", "ssh.service"]);
    }
  });

  it("ends with 125 when the command is not run, and says why", async () => {
    const missing = await agent(["no-such-program"]);
    expect([missing.code, missing.stderr]).toEqual([
      125,
      expect.stringMatching(/cannot be run.*no program "no-such-program".*echo \$PATH/s),
    ]);
  });

  it("says so when the agent may not run commands, and when there is none", async () => {
    const conf = "[general]\nblock-rpcs=guest-exec,guest-exec-status\n";
    await guest(
      "sudo",
      "sh",
      "-c",
      `mkdir -p /etc/qemu; printf '${conf}' > /etc/qemu/qemu-ga.conf; systemctl restart qemu-guest-agent`,
    );
    // It is not back at once.
    const soon = { timeout: 60_000 };
    await expect
      .poll(async () => (await agent(["true"])).stderr, soon)
      .toMatch(/may not run commands.*FILTER_RPC_ARGS/s);
    expect((await agent(["true"])).code).toBe(125);
    await guest("sudo", "systemctl", "stop", "qemu-guest-agent");
    const none = await agent(["true"]);
    expect(none.stderr).toMatch(/No guest agent answers.*install/s);
    expect(none.code).toBe(125);
    await guest("sudo", "sh", "-c", "rm /etc/qemu/qemu-ga.conf; systemctl start qemu-guest-agent");
    await expect.poll(async () => (await agent(["true"])).code, soon).toBe(0);
  });
});

describe("exec where ssh is not as it was", () => {
  const byAgent = async (script: string) =>
    expect(await hutch.run(["exec", "--agent", NAME, "--", "sh", "-c", script])).toMatchObject({ code: 0 });
  const stop = "systemctl stop ssh.socket ssh.service";
  const start = "systemctl start ssh.socket ssh.service";
  /** The connection that hutch shares ends too. */
  const cut = "pkill -x 'sshd|sshd-session' || true";

  /** Until it says that it waits. */
  async function waiting(...words: string[]) {
    const running = lane.spawn([...HUTCH, "exec", NAME, "--", ...words]);
    let said = "";
    running.child.stderr.on("data", (text) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 10_000 }).toContain(`${NAME} does not answer by ssh yet`);
    return running;
  }

  it("waits for it, and gives up at Ctrl-C and SIGTERM", { timeout: 120_000 }, async () => {
    await byAgent(`${stop}; ${cut}`);
    try {
      for (const [signal, code] of [
        ["SIGINT", 130],
        ["SIGTERM", 143],
      ] as const) {
        const given = await waiting("true");
        given.kill(signal);
        expect((await given.done).code).toBe(code);
      }
      const running = await waiting("sh", "-c", "exit 4");
      await byAgent(start);
      expect((await running.done).code).toBe(4);
    } finally {
      await byAgent(start);
    }
  });

  it.each([
    [
      "refuses the key",
      "for file in /home/*/.ssh/authorized_keys; do mv $file $file.away; done",
      "for file in /home/*/.ssh/authorized_keys.away; do mv $file $(dirname $file)/authorized_keys; done",
      "Permission denied",
    ],
    [
      "has another host key",
      "cd /etc/ssh; mv ssh_host_ed25519_key away; ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key; systemctl restart ssh",
      "cd /etc/ssh; mv away ssh_host_ed25519_key; systemctl restart ssh",
      "Host key verification failed",
    ],
  ])("ends with 125 and the reason where it %s", { timeout: 120_000 }, async (_, spoil, mend, why) => {
    await byAgent(`${spoil}; ${cut}`);
    try {
      const { code, stderr } = await hutch.run(["exec", NAME, "--", "true"]);
      expect([code, stderr]).toEqual([125, expect.stringContaining(`${NAME} does not let hutch in by ssh.\n  `)]);
      expect(stderr).toContain(why);
      expect(stderr).toContain(`hutch exec --agent ${NAME} -- journalctl -n 30`);
    } finally {
      await byAgent(mend);
    }
    expect((await hutch.run(["exec", NAME, "--", "true"])).code).toBe(0);
  });
});

describe("console", () => {
  const open = new Set<IPty>();
  afterEach(() => {
    for (const pty of open) pty.kill();
  });

  /** A program on a terminal of its own, and what came out of it so far. */
  function atTerminal(...command: string[]) {
    const [program = "", ...argv] = [...lane.enter, ...command];
    const env = Object.fromEntries(Object.entries(lane.env));
    const pty: IPty = openTerminal(program, argv, { cols: 100, rows: 33, env });
    open.add(pty);
    let seen = "";
    pty.onData((text) => {
      seen += text;
      // systemd asks a terminal how large it is, and waits for the answer.
      if (text.endsWith("\x1b[6n")) pty.write("\x1b[33;100R");
    });
    const ended = new Promise<number>((resolve) =>
      pty.onExit(({ exitCode }) => {
        open.delete(pty);
        resolve(exitCode);
      }),
    );
    /** What comes after `text`, once that has come. */
    const until = async (text: string) => {
      for (const end = Date.now() + 60_000; !seen.includes(text); ) {
        if (Date.now() > end) throw new Error(`"${text}" never came; there was: ${seen}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      seen = seen.slice(seen.indexOf(text) + text.length);
    };
    return { pty, ended, until };
  }
  const sit = (...flags: string[]) => atTerminal(...HUTCH, "console", NAME, ...flags);

  it("lets the login user in by the password that was shown at launch, and leaves with Ctrl-]", async () => {
    expect(launched.consolePassword).toMatch(/^(?:\w{4}-){3}\w{4}$/);
    expect(JSON.stringify(launched.machine)).not.toContain(launched.consolePassword);
    const { pty, ended, until } = sit();
    await until("Enter wakes it.");
    pty.write("\r");
    await until("login:");
    // A getty that was just woken forgets what is typed at once.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    pty.write(`${launched.machine.record?.spec.user}\r`);
    await until("Password:");
    pty.write(`${launched.consolePassword}\r`);
    await until("$ ");
    pty.write("echo $((6 * 7))-漢\r");
    await until("42-漢");
    // Ctrl-C is the guest's.
    pty.write("sleep 1000\r");
    await until("sleep 1000");
    pty.write("\x03");
    await until("$ ");
    pty.write("exit\r");
    await until("logout");
    pty.write(`not sent${LEAVE}nor this`);
    expect(await ended).toBe(0);
  });

  it("tells the guest how large the window is, and when that changes: by ssh, and by the agent where ssh is not", {
    timeout: 120_000,
  }, async () => {
    const size = async () =>
      (await hutch.run(["exec", "--agent", NAME, "--", "stty", "-F", "/dev/ttyS0", "size"])).stdout;
    const services = (what: string) => ["systemctl", what, "ssh.socket", "ssh.service"];
    const byAgent = (...argv: string[]) => hutch.run(["exec", "--agent", NAME, "--", ...argv]);
    const { pty, ended, until } = sit();
    await until("You are at the console");
    await expect.poll(size, { timeout: 30_000 }).toBe("33 100\n");
    await byAgent(...services("stop"));
    try {
      pty.resize(120, 50);
      await expect.poll(size, { timeout: 30_000 }).toBe("50 120\n");
    } finally {
      await byAgent(...services("start"));
    }
    await byAgent("systemctl", "stop", "--no-block", "qemu-guest-agent");
    const ping = ["virsh", "qemu-agent-command", NAME, '{"execute":"guest-ping"}'];
    await expect.poll(async () => (await lane.exec(ping)).code, { timeout: 30_000 }).not.toBe(0);
    try {
      pty.resize(81, 25);
      const bySsh = () => guest("sudo", "stty", "-F", "/dev/ttyS0", "size");
      await expect.poll(bySsh, { timeout: 30_000 }).toBe("25 81\n");
    } finally {
      await guest("sudo", "systemctl", "start", "qemu-guest-agent");
    }
    pty.write(LEAVE);
    expect(await ended).toBe(0);
  });

  it("tells two people apart, and --force takes it over", async () => {
    const first = sit();
    await first.until("You are at the console");
    const second = sit();
    await second.until("Somebody else is at the console");
    await second.until("--force");
    expect(await second.ended).toBe(5);
    const third = sit("--force");
    await third.until("You are at the console");
    await first.until("somebody took it over");
    expect(await first.ended).toBe(0);
    third.pty.write(LEAVE);
    expect(await third.ended).toBe(0);
  });

  it("leaves the terminal as it was, whichever way it ends", async () => {
    const script = `cd; stty -a > before; "$@"; echo ended $?; stty -a > after; cmp before after && echo same`;
    for (const [end, code] of [
      ["leave", 0],
      ["term", 143],
    ] as const) {
      const { pty, until } = atTerminal("sh", "-c", script, "sh", ...HUTCH, "console", NAME);
      await until("You are at the console");
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (end === "leave") pty.write(LEAVE);
      else await lane.exec(["pkill", "-TERM", "-f", `^[^ ]*node .*hutch.js console ${NAME}$`]);
      await until(`ended ${code}`);
      await until("same");
    }
  });

  it("is refused while the VM is off, and says what to type", async () => {
    await hutch.run(["stop", NAME, "--force"]);
    try {
      const { ended, until } = sit();
      await until("is stopped: it has no console");
      await until(`hutch start ${NAME}`);
      expect(await ended).toBe(5);
      const agent = await hutch.run(["exec", "--agent", NAME, "--", "true"]);
      expect([agent.code, agent.stderr]).toEqual([125, expect.stringContaining(`hutch start ${NAME}`)]);
      for (const words of [
        ["cp", "back", `${NAME}:`],
        ["mount", ".", `${NAME}:/x`],
      ])
        expect((await hutch.refused(words)).fault).toMatchObject({ code: "E_CONFLICT", next: [`hutch start ${NAME}`] });
    } finally {
      await hutch.json(["start", NAME, "--wait-for", "ssh"]);
    }
  });
});

describe("console-password", () => {
  it("makes a new one, and gives the guest its hash only", async () => {
    const { login } = await hutch.json<{ login: ConsolePassword }>(["console-password", NAME]);
    expect(login.password).not.toBe(launched.consolePassword);
    const shadow = await guest("sudo", "getent", "shadow", login.user);
    const [, id, salt = ""] = shadow.split(":")[1]?.split("$") ?? [];
    expect(id).toBe("6");
    const { stdout } = await lane.exec(["openssl", "passwd", "-6", "-salt", salt, "-stdin"], { stdin: login.password });
    expect(shadow.split(":")[1]).toBe(stdout.trim());
    // By standard input, for sudo writes command lines into the journal.
    const search = "grep -rlaF -f - /etc /var/log /var/lib/cloud || true";
    const words = ["exec", NAME, "--", "sudo", "sh", "-c", search];
    const { stdout: kept } = await hutch.run(words, { stdin: `${login.password}\n` });
    expect(kept).toBe("");
  });
});

describe("plain ssh and Ansible", () => {
  const config = () => at(".ssh/config");

  it("find the VM by name once ssh-config is installed, with its pinned key", async () => {
    expect((await hutch.run(["ssh-config", "--install"])).code).toBe(0);
    expect((await lane.exec(["ssh", "-F", config(), NAME, "hostname"])).stdout).toBe(`${NAME}\n`);
    expect((await lane.exec(["scp", "-q", "-F", config(), at("back"), `${NAME}:by-scp`])).code).toBe(0);
    expect(await guest("stat", "-c", "%s", "by-scp")).toBe("7\n");
  });

  it("reach it by the inventory, too", async () => {
    const { inventory } = await hutch.json<{ inventory: Inventory }>(["inventory", "--ansible"]);
    const args = /ansible_ssh_common_args: (.*?)\n {6}\w/s.exec(inventory.text)?.[1]?.replace(/\s+/g, " ") ?? "";
    const user = /ansible_user: (\S+)/.exec(inventory.text)?.[1];
    const host = /ansible_host: (\S+)/.exec(inventory.text)?.[1];
    const { stdout } = await lane.exec(["sh", "-c", `ssh -o ControlPath=none ${args} ${user}@${host} hostname`]);
    expect(stdout).toBe(`${NAME}\n`);
  });
});

describe("mount", () => {
  const mounts = async () => (await hutch.json<{ mounts: MountRow[] }>(["mount"])).mounts;

  it("goes by virtiofs, is there after a restart, and is taken away whole", { timeout: BOOT_MS }, async () => {
    await mkdir(at("sh are"));
    await writeFile(at("sh are", ODD), "from the host");
    const mount = await hutch.run(["mount", "sh are", `${NAME}:/srv/a b`]);
    expect([mount.code, mount.stderr]).toEqual([0, expect.stringContaining("by virtiofs")]);
    expect(await mounts()).toEqual([
      { machine: NAME, hostPath: at("sh are"), guestPath: "/srv/a b", readonly: false, by: "virtiofs", held: null },
    ]);
    await hutch.json<{ results: PowerResult[] }>(["restart", NAME]);
    await hutch.json(["wait", NAME, "--for", "ssh"]);
    await guest("sh", "-c", "timeout 60 sh -c \"until mountpoint -q '/srv/a b'; do sleep 0.5; done\"");
    expect(await guest("cat", `/srv/a b/${ODD}`)).toBe("from the host");
    await guest("sudo", "sh", "-c", "echo from the guest > '/srv/a b/g'");
    expect(await readFile(at("sh are", "g"), "utf8")).toBe("from the guest\n");
    const again = await hutch.refused(["mount", "sh are", `${NAME}:/srv/a b`]);
    expect(again).toMatchObject({ code: 5, fault: { next: [`hutch umount '${NAME}:/srv/a b'`] } });

    expect((await hutch.run(["umount", `${NAME}:/srv/a b`])).code).toBe(0);
    expect(await mounts()).toEqual([]);
    expect(await guest("sh", "-c", "grep -c hutch- /etc/fstab || true")).toBe("0\n");
  });

  it("goes by sshfs for as long as the command runs, and shows that folder alone", { timeout: BOOT_MS }, async () => {
    await symlink(ODD, at("sh are", "link"));
    // The guest gets sshfs from its mirror first.
    const words = ["mount", "--by", "sshfs", "sh are", `${NAME}:/mnt/held`];
    const held = lane.spawn([...HUTCH, ...words], { timeoutMs: BOOT_MS });
    let said = "";
    held.child.stderr.on("data", (text) => {
      said += text;
    });
    while (!said.includes("Mounted at")) {
      if (held.child.exitCode !== null || held.child.signalCode !== null) throw new Error(said);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(said).toMatch(/by sshfs.*as long as hutch mount runs/);
    expect(await guest("cat", `/mnt/held/${ODD}`)).toBe("from the host");
    await guest("sh", "-c", "echo more > /mnt/held/h; mv /mnt/held/h /mnt/held/i; chmod 640 /mnt/held/i");
    expect(await readFile(at("sh are", "i"), "utf8")).toBe("more\n");
    expect(await guest("cat", "/mnt/held/link")).toBe("from the host");
    held.kill("SIGINT");
    expect((await held.done).code).toBe(0);
    expect(await guest("sh", "-c", "mountpoint -q /mnt/held || echo gone")).toBe("gone\n");
    expect(await mounts()).toEqual([]);
  });

  it.each([
    [["none", `${NAME}:/x`], 4, "no folder none"],
    [["back", `${NAME}:/x`], 2, "is no folder"],
    [[".", `${NAME}:x`], 2, "whole path"],
    [[".", "t-dor:/x"], 4, "t-dor"],
    [["--by", "9p", ".", `${NAME}:/x`], 5, "no 9p"],
    [["--read-only", "--by", "virtiofs", ".", `${NAME}:/x`], 5, "read-only"],
  ])("%j ends with %i and says why", async (words, code, said) => {
    const { code: ended, fault } = await hutch.refused(["mount", ...words], { cwd: home });
    expect([ended, fault.message]).toEqual([code, expect.stringContaining(said)]);
  });
});

describe("a VM on a network", () => {
  it("has no ports to add, and an address that says why", async () => {
    expect(await hutch.refused(["port", "add", NAME, "8080:80"])).toMatchObject({
      code: 5,
      fault: { message: expect.stringContaining("an address of its own") },
    });
  });

  it("is in nobody's ssh configuration any more once it is purged", async () => {
    expect(await readFile(at(".ssh/config"), "utf8")).toContain("Include");
    await hutch.run(["delete", NAME, "--purge", "--force", "--yes"]);
    const { stdout } = await lane.exec(["ssh", "-G", "-F", at(".ssh/config"), NAME]);
    expect(stdout).toContain(`hostname ${NAME}\n`);
    await hutch.run(["ssh-config", "--remove"]);
    await expect(stat(at(".ssh/config"))).rejects.toThrow("ENOENT");
  });
});
