/** The catalogue is data of hutch's own: it is listed wherever hutch runs. */
import { execFileSync } from "node:child_process";
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
    expect(stored(list, "qemu+unix:///system?socket=/nonexistent/socket")).toEqual([null]);
  });

  it("lists the same without libvirt's library", () => {
    const inner =
      'mount --bind /dev/null "$(readlink -f "$(ldconfig -p | sed -n "s/.*libvirt.so.0 .*=> //p")")"; exec "$@"';
    expect(stored(["unshare", "--mount", "sh", "-c", inner, "sh", ...list], "test:///default")).toEqual([null]);
  });

  it("asks no host on the network", () => {
    expect(stored(list, "qemu+tcp://127.0.0.1:9/system")).toEqual([null]);
  });

  it("still refuses an address that is none", () => {
    expect(() => stored(list, "nonsense")).toThrow("nonsense");
  });
});
