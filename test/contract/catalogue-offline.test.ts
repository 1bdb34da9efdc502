/** The catalogue is data of hutch's own: it is listed wherever hutch runs. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { catalogue } from "../../images/index.ts";

const HUTCH = join(import.meta.dirname, "../../dist/hutch.js");
const home = mkdtempSync(join(tmpdir(), "hutch-offline-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const env = { PATH: process.env["PATH"] ?? "", HOME: home };
const list = [process.execPath, HUTCH, "image", "find", "-o", "json"];
const WITHOUT_LIBRARY =
  'mount --bind /dev/null "$(readlink -f "$(ldconfig -p | sed -n "s/.*libvirt.so.0 .*=> //p")")"; exec "$@"';
const withoutLibrary = (argv: readonly string[]) => ["unshare", "--mount", "sh", "-c", WITHOUT_LIBRARY, "sh", ...argv];
const NO_DAEMON = "qemu+unix:///system?socket=/nonexistent/socket";

function stored(argv: readonly string[], uri: string): readonly unknown[] {
  const [command = "", ...args] = argv;
  const told = JSON.parse(execFileSync(command, [...args, "--connect", uri], { env, encoding: "utf8" }));
  const images: { readonly name: string; readonly inStore: unknown }[] = told.images;
  expect(images.map(({ name }) => name)).toEqual(catalogue().map(({ name }) => name));
  return [...new Set(images.map(({ inStore }) => inStore))];
}

describe("image find", () => {
  it("says what the store has where libvirt answers", () => {
    expect(stored(list, "test:///default")).toEqual([false]);
  });

  it("lists the same where no daemon answers", () => {
    expect(stored(list, NO_DAEMON)).toEqual([null]);
  });

  it("lists the same without libvirt's library", () => {
    expect(stored(withoutLibrary(list), "test:///default")).toEqual([null]);
  });

  it("asks no host on the network", () => {
    expect(stored(list, "qemu+tcp://127.0.0.1:9/system")).toEqual([null]);
  });

  it("still refuses an address that is none", () => {
    expect(() => stored(list, "nonsense")).toThrow("nonsense");
  });
});

describe("image info", () => {
  const info = (name: string) => [process.execPath, HUTCH, "image", "info", name];
  const told = (argv: readonly string[], uri: string) => {
    const [command = "", ...args] = argv;
    const { status, stdout, stderr } = spawnSync(command, [...args, "--connect", uri], { env, encoding: "utf8" });
    return { status, stdout, stderr };
  };

  it.each([
    ["where no daemon answers", info("trixie"), NO_DAEMON],
    ["without libvirt's library", withoutLibrary(info("trixie")), "test:///default"],
  ])("tells what the catalogue has, and that the store is not known: %s", (_, argv, uri) => {
    expect(told(argv, uri)).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^Name +debian-13\n(.*\n)+Trust .*cloud\.debian\.org/),
      stderr: expect.stringContaining("What the store has of it is not known, for libvirt does not answer."),
    });
    const json = told([...argv, "-o", "json"], uri);
    expect(JSON.parse(json.stdout)).toMatchObject({ image: { name: "debian-13", stored: null } });
  });

  it("of anything else is refused there, for the store may have it", () => {
    expect(told(info("mine"), NO_DAEMON)).toMatchObject({ status: 6, stdout: "" });
  });

  it("says what is in the store where libvirt answers", () => {
    expect(told(info("trixie"), "test:///default").stderr).toContain("It is not in the store; launch fetches it");
    expect(told(info("debain-13"), "test:///default")).toMatchObject({
      status: 4,
      stderr: expect.stringContaining("Did you mean debian-13?"),
    });
  });
});
