import { describe, expect, it } from "vitest";
import { bootStage, cleanConsole } from "../../../cloud-init/index.ts";

describe("bootStage", () => {
  it.each([
    ["SeaBIOS (version 1.16.2-debian-1.16.2-1)", "firmware", "SeaBIOS"],
    [
      "[    0.000000] Linux version 6.12.117+deb13-cloud-amd64 (debian-kernel@lists.debian.org)",
      "kernel",
      "Linux version 6.12.117+deb13-cloud-amd64",
    ],
    [
      "[    5.123456] EXT4-fs (vda1): mounted filesystem 1234 ro with ordered data mode.",
      "kernel",
      "root disk vda1 mounted",
    ],
    [
      "[    2.000000] Kernel panic - not syncing: VFS: Unable to mount root fs",
      "kernel",
      "Kernel panic - not syncing: VFS: Unable to mount root fs",
    ],
    ["[    8.770227] systemd[1]: Detected virtualization qemu.", "system", "Detected virtualization qemu"],
    ["[\x1b[0;32m  OK  \x1b[0m] Reached target \x1b[0;1;39mpaths.target\x1b[0m - Path Units.", "system", "Path Units"],
    ["[  OK  ] Started Journal Service.", "system", "Journal Service"],
    [
      "         Starting \x1b[0;1;39mssh.service\x1b[0m - OpenBSD Secure Shell server...",
      "system",
      "OpenBSD Secure Shell server …",
    ],
    [
      "[\x1b[0;1;31mFAILED\x1b[0m] Failed to start \x1b[0;1;39mssh.service\x1b[0m - OpenBSD Secure Shell server.",
      "system",
      "Failed to start ssh.service - OpenBSD Secure Shell server",
    ],
    [
      "[   16.070835] cloud-init[319]: Cloud-init v. 22.4.2 running 'init-local' at Mon, 23 Nov 2026 21:18:21 +0000. Up 15.91 seconds.",
      "cloud-init",
      "cloud-init: finding its configuration",
    ],
    [
      "[   65.1] cloud-init[519]: Cloud-init v. 25.1.4 running 'modules:final' at Mon, 23 Nov 2026 21:18:21 +0000. Up 65.0 seconds.",
      "cloud-init",
      "cloud-init: installing packages and running commands",
    ],
    [
      "[   68.8] cloud-init[519]: Cloud-init v. 25.1.4 finished at Mon, 23 Nov 2026 22:01:00 +0000. Datasource DataSourceNoCloud [seed=/dev/vdb].  Up 68.66 seconds",
      "cloud-init",
      "cloud-init: finished 69 s after the start",
    ],
    ["web-1 login: ", "login", "web-1 is up"],
  ])("reads %j", (line, stage, text) => {
    expect(bootStage(line)).toEqual({ stage, text });
  });

  it.each([
    "",
    "[    0.012345] x86/fpu: Supporting XSAVE feature 0x001",
    "ci-info: | eth0 | True | 10.0.2.15 |",
    // Cut short by systemd.
    "[  OK  ] Started systemd-ask-password-conso…equests to Console Directory Watch.",
    "Last login: Mon Nov 23",
  ])("passes over %j", (line) => {
    expect(bootStage(line)).toBeNull();
  });
});

describe("cleanConsole", () => {
  it.each([
    ["\x1b[31mred\x1b[0m", "red"],
    ["\x1b[?25l\x1b[2J\x1b[1;1Hat home", "at home"],
    ["\x1b]0;rm -rf /\x07title gone", "title gone"],
    ["\x1b]52;c;c2VjcmV0\x1b\\clipboard kept", "clipboard kept"],
    ["\x1bP+q544e\x1b\\device control", "device control"],
    ["\x9b31mone byte", "one byte"],
    ["\x1b(Bcharset", "charset"],
    ["cut off \x1b[", "cut off "],
    ["bell\x07 back\x08space nul\x00", "bell backspace nul"],
    ["10%\r50%\r100%\r", "100%"],
    ["one\r\ntwo\n", "one\ntwo\n"],
    ["a\u202egnp.exe", "agnp.exe"],
    ["tab\tand ünïcödé 容器", "tab\tand ünïcödé 容器"],
  ])("makes %j safe", (text, safe) => {
    expect(cleanConsole(text)).toBe(safe);
  });

  it("never lets an escape through, whatever comes", () => {
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    for (const one of bytes) {
      for (const two of ["\x1b", "\x07", "\x9b", "\n", "[", "]", ";", "0", "m", " "]) {
        expect(cleanConsole(`\x1b${one}${two}\x1b[`)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      }
    }
  });

  it("limits lines and the whole", () => {
    expect(cleanConsole("x".repeat(5000))).toHaveLength(1000);
    expect(cleanConsole("x\n".repeat(1_000_000)).length).toBeLessThanOrEqual(256 * 1024);
  });
});
