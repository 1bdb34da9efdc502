/** hutch's SFTP server, spoken to by OpenSSH's own client, and by one that does not behave. */
import { execFile } from "node:child_process";
import {
  existsSync,
  lstatSync,
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
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { field, packet, REQUEST, u32 } from "../../src/host/sftp/packets.ts";
import { serveFolder } from "../../src/host/sftp/server.ts";

const SERVE = join(import.meta.dirname, "../support/sftp-serve.ts");

let ground: string;
let share: string;

beforeEach(() => {
  ground = mkdtempSync(join(tmpdir(), "hutch-sftp-"));
  share = join(ground, "share");
  mkdirSync(join(share, "sub"), { recursive: true });
  writeFileSync(join(share, "sub/file"), "inside");
  writeFileSync(join(ground, "secret"), "outside");
  symlinkSync("..", join(share, "up"));
  symlinkSync("../secret", join(share, "leak"));
});
afterEach(() => rmSync(ground, { recursive: true, force: true }));

/** Runs sftp's own commands; each may fail, and what was said comes back. */
function sftp(commands: readonly string[], mode = "rw"): Promise<string> {
  const batch = join(ground, "batch");
  writeFileSync(batch, commands.map((command) => `-${command}\n`).join(""));
  const argv = ["-b", batch, "-D", `${process.execPath} ${SERVE} ${share} ${mode}`];
  return new Promise((resolve) => {
    execFile("sftp", argv, { cwd: ground }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe("the folder", () => {
  it("is read, written, renamed in and linked in", async () => {
    writeFileSync(join(ground, "big"), Buffer.alloc(3 * 1024 ** 2, "漢字"));
    await sftp(["put big sub/copy", "rename sub/copy sub/moved", "get sub/moved back", "mkdir made", "chmod 700 made"]);
    expect(readFileSync(join(ground, "back")).equals(readFileSync(join(ground, "big")))).toBe(true);
    expect(statSync(join(share, "made")).mode & 0o777).toBe(0o700);
    await sftp(["rm sub/moved", "rmdir made", "ln -s anywhere link", "ln sub/file hard"]);
    expect(existsSync(join(share, "made"))).toBe(false);
    expect(lstatSync(join(share, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(share, "hard"), "utf8")).toBe("inside");
  });

  it("is all that there is: no .., no link and no link's target leads out", async () => {
    const said = await sftp([
      "get leak got",
      "get up/secret got",
      "get ../secret got",
      "get /secret got",
      "ls up",
      "put secret up/planted",
      "put secret leak",
      "rm up/secret",
      "mkdir up/made",
      "rename sub/file up/file",
      "chmod 777 leak",
      "ln leak hard",
      "get hard got",
    ]);
    expect(existsSync(join(ground, "got"))).toBe(false);
    expect(readFileSync(join(ground, "secret"), "utf8")).toBe("outside");
    expect(statSync(join(ground, "secret")).mode & 0o777).not.toBe(0o777);
    for (const name of ["planted", "made", "file"]) expect(existsSync(join(ground, name))).toBe(false);
    expect(said).not.toContain("batch");
  });

  it("gives nobody's rights away: no set-user-id, no other owner", async () => {
    await sftp(["put secret sub/tool", "chmod 4755 sub/tool", "chown 12345 sub/tool"]);
    const { mode, uid } = statSync(join(share, "sub/tool"));
    expect([mode & 0o7777, uid]).toEqual([0o755, process.getuid?.()]);
  });

  it("is not changed when it is read-only", async () => {
    const said = await sftp(
      ["put secret new", "rm sub/file", "mkdir made", "chmod 777 sub/file", "get sub/file got"],
      "ro",
    );
    expect(readFileSync(join(ground, "got"), "utf8")).toBe("inside");
    for (const name of ["new", "made"]) expect(existsSync(join(share, name))).toBe(false);
    expect(existsSync(join(share, "sub/file"))).toBe(true);
    expect(said.match(/Permission denied/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it("is not hung on by a FIFO in it", async () => {
    await new Promise((resolve) => execFile("mkfifo", [join(share, "pipe")], resolve));
    expect(await sftp(["get pipe got", "get sub/file got"])).toContain("pipe");
    expect(readFileSync(join(ground, "got"), "utf8")).toBe("inside");
  });
});

describe("a client that does not behave", () => {
  const talk = async (...packets: readonly Buffer[]) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    output.resume();
    input.end(Buffer.concat(packets));
    await serveFolder({ path: share, readonly: false }, input, output);
  };

  it.each([
    ["a packet without end", [u32(2 ** 31)]],
    ["an empty packet", [u32(0)]],
    ["a field longer than its packet", [packet(REQUEST.LSTAT, u32(1), u32(1_000))]],
    ["a packet without a number", [packet(REQUEST.LSTAT)]],
  ])("is cut off: %s", async (_what, packets) => {
    await expect(talk(packet(REQUEST.INIT, u32(3)), ...packets)).rejects.toThrow();
  });

  it("is answered when it asks for what there is not", async () => {
    await talk(packet(REQUEST.INIT, u32(3)), packet(99, u32(1)), packet(REQUEST.CLOSE, u32(2), field("7")));
  });
});
