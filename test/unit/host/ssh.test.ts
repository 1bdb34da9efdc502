import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../../src/host/processes.ts";
import { answersAsSsh } from "../../../src/host/ssh/banner.ts";
import { controlSocket, type SshTarget, sshArgv, sshLine } from "../../../src/host/ssh/command.ts";
import { isOpen, tryToOpen } from "../../../src/host/ssh/connection.ts";
import { callerKeys, makeHostKey } from "../../../src/host/ssh/keys.ts";
import { forgetHost, rememberHost } from "../../../src/host/ssh/known-hosts.ts";
import { sshLines, sshRun } from "../../../src/host/ssh/run.ts";

const folder = mkdtempSync(join(tmpdir(), "hutch-ssh-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const paths = {
  sshKey: join(folder, "data/ssh/id_ed25519"),
  knownHosts: join(folder, "a b%c/known"),
  sshControl: join(folder, "ctl"),
};
const target: SshTarget = { host: "127.0.0.1", port: 1, user: "ann", uuid: "u-1", name: "web" };

describe("the ssh command line", () => {
  const argv = sshArgv(paths, target, { argv: ["echo", "a b"], tty: false });

  it("is never blind and asks nobody", () => {
    expect(argv).toEqual(
      expect.arrayContaining([
        "StrictHostKeyChecking=yes",
        "HostKeyAlias=hutch-u-1",
        "IdentitiesOnly=yes",
        "BatchMode=yes",
        "GlobalKnownHostsFile=/dev/null",
      ]),
    );
    expect(argv.slice(-2)).toEqual(["--", "echo 'a b'"]);
  });

  it("is understood by ssh as it was meant, odd paths included", async () => {
    const { stdout, code } = await run([...argv.slice(0, 1), "-G", ...argv.slice(1)]);
    expect(code).toBe(0);
    expect(stdout).toContain(`userknownhostsfile ${folder}/a b%c/known/u-1`);
    expect(stdout).toContain("user ann\n");
    expect(stdout).toContain("port 1\n");
  });

  it("shares a connection only where a socket has room", () => {
    expect(argv.join(" ")).toContain("ControlMaster=auto");
    expect(sshArgv({ ...paths, sshControl: `/${"x".repeat(90)}` }, target, { tty: false }).join(" ")).not.toContain(
      "Control",
    );
  });

  it("for people is one line that a shell takes, and leaves nothing running", async () => {
    const line = sshLine(paths, target);
    expect(line).not.toContain("ControlMaster");
    const { stdout } = await run(["sh", "-c", line.replace(/^ssh/, "ssh -G")]);
    expect(stdout).toContain("hostkeyalias hutch-u-1");
  });
});

describe("running over ssh", () => {
  it("tells ssh's own failure as 255, with what it said", async () => {
    const answer = await sshRun(paths, target, ["true"]);
    expect(answer.code).toBe(255);
    expect(answer.stderr).toMatch(/refused/i);
  });

  it("ends at its time limit and at an abort", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const there = { ...target, port };
    expect(await sshRun(paths, there, ["true"], { timeoutMs: 300 })).toMatchObject({
      code: 255,
      stderr: expect.stringContaining("No answer in time"),
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("given up")), 200);
    await expect(sshRun(paths, there, ["true"], { signal: stop.signal })).rejects.toThrow("given up");
    for await (const _ of sshLines(paths, there, ["true"], { signal: AbortSignal.timeout(200) })) expect.fail();
    silent.close();
  });
});

async function serve(greeting: string | null): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    if (greeting !== null) socket.end(greeting);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, close: () => server.close() };
}

describe("a try to open the shared connection", () => {
  it.each([
    ["nobody listens", null],
    ["somebody who is not ssh listens", "HTTP/1.1 400\r\n"],
    ["an ssh server hangs up, as one does while it starts", "SSH-2.0-OpenSSH_9.2\r\n"],
  ])("is for later where %s", async (_, greeting) => {
    const server = await serve(greeting ?? "");
    if (greeting === null) server.close();
    expect(await tryToOpen(paths, { ...target, port: server.port })).toEqual({
      state: "later",
      said: expect.stringMatching(/./),
    });
    server.close();
  });

  it("ends at an abort", async () => {
    const server = await serve(null);
    const there = { ...target, port: server.port };
    const signal = AbortSignal.timeout(100);
    expect(await tryToOpen(paths, there, { signal })).toMatchObject({ state: "later" });
    server.close();
  });

  it("has no need where somebody listens at the socket", async () => {
    const socket = controlSocket(paths, target) ?? "";
    mkdirSync(dirname(socket), { recursive: true });
    expect(await isOpen(paths, target)).toBe(false);
    const master = createServer((connection) => connection.destroy()).listen(socket);
    await once(master, "listening");
    expect(await isOpen(paths, target)).toBe(true);
    // One that was killed leaves its socket.
    renameSync(socket, `${socket}-kept`);
    master.close();
    await once(master, "close");
    writeFileSync(socket, "");
    expect(await isOpen(paths, target)).toBe(false);
    rmSync(socket);
    expect(await isOpen({ ...paths, sshControl: `/${"x".repeat(90)}` }, target)).toBe(false);
  });
});

describe("a greeting", () => {
  it.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", true],
    ["HTTP/1.1 400\r\n", false],
    ["", false],
  ])("%j of an ssh server: %s", async (greeting, expected) => {
    const server = await serve(greeting);
    expect(await answersAsSsh("127.0.0.1", server.port)).toBe(expected);
    server.close();
  });

  it("is none where nobody listens, and none after an abort", async () => {
    expect(await answersAsSsh("127.0.0.1", 1)).toBe(false);
    const server = await serve(null);
    expect(await answersAsSsh("127.0.0.1", server.port, AbortSignal.timeout(100))).toBe(false);
    server.close();
  });
});

describe("keys", () => {
  it("hutch's own is made once, also by several at once, and readable by nobody else", async () => {
    const made = await Promise.all([1, 2, 3].map(() => callerKeys(paths, { home: folder }, undefined)));
    expect(new Set(made.map(([own]) => own)).size).toBe(1);
    expect(statSync(paths.sshKey).mode & 0o777).toBe(0o600);
    const { stdout } = await run(["ssh-keygen", "-y", "-f", paths.sshKey]);
    expect(made[0]?.[0]?.startsWith(stdout.trim().split(" ").slice(0, 2).join(" "))).toBe(true);
  });

  it("the caller's come after it, or those that are asked for: lines or files", async () => {
    const home = join(folder, "home");
    const { publicKey } = await makeHostKey("x");
    const other = (await makeHostKey("y")).publicKey;
    await run(["mkdir", "-p", join(home, ".ssh")]);
    writeFileSync(join(home, ".ssh/id_ed25519.pub"), `${publicKey} ann@desk\n`);
    expect((await callerKeys(paths, { home }, undefined)).slice(1)).toEqual([`${publicKey} ann@desk`]);
    expect((await callerKeys(paths, { home }, [other])).slice(1)).toEqual([other]);
    expect((await callerKeys(paths, { home }, [join(home, ".ssh/id_ed25519.pub")])).slice(1)).toEqual([
      `${publicKey} ann@desk`,
    ]);
  });

  it.each(["no key", "/nowhere.pub"])("%s is refused", async (asked) => {
    await expect(callerKeys(paths, { home: folder }, [asked])).rejects.toMatchObject({ code: "E_INVALID" });
  });

  it("a private key never leaves", async () => {
    await expect(callerKeys(paths, { home: folder }, [paths.sshKey])).rejects.toThrow(/private key/);
  });

  it("of a host come as a pair that belongs together, without a comment", async () => {
    const { privateKey, publicKey } = await makeHostKey("web");
    const file = join(folder, "host");
    writeFileSync(file, privateKey, { mode: 0o600 });
    expect((await run(["ssh-keygen", "-y", "-f", file])).stdout).toContain(publicKey);
    expect(publicKey.split(" ")).toHaveLength(2);
  });
});

describe("known hosts", () => {
  it("are remembered by alias, replaced and forgotten", async () => {
    await rememberHost(paths, "u-1", "ssh-ed25519 AAAA1");
    await rememberHost(paths, "u-1", "ssh-ed25519 AAAA2");
    expect(readFileSync(join(paths.knownHosts, "u-1"), "utf8")).toBe("hutch-u-1 ssh-ed25519 AAAA2\n");
    await forgetHost(paths, "u-1");
    await forgetHost(paths, "u-1");
    expect(() => readFileSync(join(paths.knownHosts, "u-1"))).toThrow();
  });
});
