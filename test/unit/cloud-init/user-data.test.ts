import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkUserData } from "../../../cloud-init/index.ts";

const VALID = new URL("../../fixtures/user-data/", import.meta.url);

const config = (body: string): string => `#cloud-config\n${body}`;
const errors = (text: string) => checkUserData(text).problems.filter(({ level }) => level === "error");
const warnings = (text: string) => checkUserData(text).problems.filter(({ level }) => level === "warning");

describe("valid user-data", () => {
  const files = readdirSync(VALID);

  it("is there in every type", () => {
    expect(files.length).toBeGreaterThanOrEqual(15);
  });

  it.each(files)("%s has nothing wrong with it", (file) => {
    expect(checkUserData(readFileSync(new URL(file, VALID), "utf8")).problems).toEqual([]);
  });
});

describe("the first line", () => {
  it.each([
    ["packages: [jq]\n", "the first line must say what it is"],
    ["# cloud-config\npackages: [jq]\n", "without a space"],
    ["\uFEFF#cloud-config\n", "byte order mark"],
    ["## template: jinja\npackages: [jq]\n", 'below "## template: jinja"'],
    ["#upstart-job\n", "no longer known"],
  ])("of %j is refused", (text, words) => {
    expect(errors(text)).toEqual([expect.objectContaining({ message: expect.stringContaining(words) })]);
  });

  it("may stand below blank lines and be spelt with capitals, as cloud-init has it", () => {
    expect(checkUserData("\n\n#Cloud-Config\nhostname: x\n").problems).toEqual([]);
  });

  it("is counted in lines of the file", () => {
    expect(errors("\n\nhello\n")[0]?.line).toBe(3);
  });
});

describe("bytes", () => {
  it("refuses NUL bytes and more than 1 MiB", () => {
    expect(errors(config("a: \0\n"))[0]?.message).toContain("NUL byte");
    expect(errors(`#!/bin/sh\n${"#".repeat(1024 ** 2)}\n`)[0]?.message).toContain("at most 1024 KiB");
    expect(errors(`#!/bin/sh\n${"#".repeat(1024 ** 2 - 20)}\n`)).toEqual([]);
  });

  it("refuses Windows line ends in a script, and takes them in YAML", () => {
    expect(errors("#!/bin/sh\r\necho\r\n")[0]?.message).toContain("Windows line ends");
    expect(errors(config("hostname: x\r\n"))).toEqual([]);
  });

  it("only remarks that it is empty", () => {
    expect(checkUserData("\n").problems).toEqual([{ level: "warning", message: "it is empty" }]);
  });
});

describe("a cloud-config that cloud-init cannot read", () => {
  it.each([
    // Where it ends without the end of what was begun.
    ["packages: [jq\n", 3],
    ["hostname: x\n\tlocale: C\n", 3],
    ["hostname:\tx\n", 2],
    ["hostname: 'x\n", 3],
    ["users:\n  - name: x\n - name: y\n", 4],
    ["hostname: x: y\n", 2],
    ["hostname: !secret x\n", 2],
    ["hostname: *x\n", 2],
    ["hostname: x\n---\nlocale: C\n", 3],
    ["hostname: \x1b[0m\n", 2],
    ["- hostname\n", 2],
    ["hello\n", 2],
  ])("%j is an error in line %i", (body, line) => {
    expect(errors(config(body))[0]).toMatchObject({ level: "error", line });
  });

  it("is not one that merely looks odd to a stricter reader", () => {
    for (const body of [
      "packages: [\na,\nb\n]\n",
      "packages: {a: b,\nc: d}\n",
      "hostname: 'x'# c\n",
      "final_message: |\n  a\ttab\n",
      "a: &x 1\nb: *x\n",
    ]) {
      expect(errors(config(body)), body).toEqual([]);
    }
  });
});

describe("a cloud-config that would not do what it says", () => {
  it("has commands that YAML made mappings of", () => {
    const [problem, ...more] = errors(config("runcmd:\n  - echo ok\n  - echo Name: x\n"));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ line: 4, message: expect.stringContaining("put it in quotes") });
  });

  it.each([
    ["runcmd: reboot\n", '"runcmd" must be a list'],
    ["bootcmd: {a: b}\n", '"bootcmd" must be a list'],
    ["runcmd:\n  - 42\n", "it is no text"],
    ["write_files:\n  path: /x\n", '"write_files" must be a list'],
    ["write_files:\n  - /etc/x\n", 'a file in "write_files" needs a path'],
    ["write_files:\n  - path: /x\n  - content: y\n", 'a file in "write_files" needs a path'],
    ["users: 5\n", '"users" must be a list'],
    ["users:\n  - name: x\n  - 5\n", "a user must be a name or a mapping"],
    ["user: bob\n", "choose the name with --set user=NAME"],
    ["ssh_keys:\n  ed25519_private: x\n", "host key"],
  ])("%j is refused", (body, words) => {
    expect(errors(config(body))).toEqual([expect.objectContaining({ message: expect.stringContaining(words) })]);
  });

  it("has keys that cloud-init does not know, with the one that was meant", () => {
    expect(warnings(config("hostname: x\npackage: [jq]\n"))).toEqual([
      { level: "warning", line: 3, message: 'cloud-init knows no "package"; did you mean "packages"?' },
    ]);
    expect(warnings(config("network: {}\n"))[0]?.message).toBe('cloud-init knows no "network"');
  });

  it("has a key twice", () => {
    expect(warnings(config("runcmd: [a]\nruncmd: [b]\n"))).toEqual([
      { level: "warning", line: 3, message: '"runcmd" is there twice, and only the last one counts' },
    ]);
  });

  it("says nothing at all", () => {
    expect(warnings(config("# later\n"))[0]?.message).toContain("says nothing");
  });

  it("counts on running at every boot", () => {
    expect(warnings(config("bootcmd:\n  - a\n"))[0]?.message).toContain("first boot only");
    expect(warnings("#cloud-boothook\n#!/bin/sh\n")[0]?.message).toContain("first boot only");
  });
});

describe("a text in quotes", () => {
  it.each([
    ['motd: "one\ntwo"\nhostname: x\n'],
    ["motd: 'one\ntwo''s\n\nthree'\nhostname: x\n"],
    ['write_files:\n  - path: /x\n    content: "a\n b \\" c\nd: e\n"\n'],
    ["runcmd:\n  - \"x\ny\"\n  - 'x\ny'\n"],
    ['motd: "x\n----"\n'],
  ])("may go on at column 0, as for cloud-init: %j", (body) => {
    expect(errors(config(body))).toEqual([]);
  });

  it("keeps the line numbers of what comes after it", () => {
    expect(warnings(config('motd: "one\ntwo"\nhostname: x\npackage: [jq]\n'))).toContainEqual(
      expect.objectContaining({ line: 5, message: expect.stringContaining('"packages"') }),
    );
  });

  it.each([
    ['motd: "one\ntwo\nhostname: x\n'],
    ['motd: "one\n--- two"\n'],
    ["motd: 'one\n...\n'\n"],
    ['motd: "one\ntwo" three\nhostname: x\n'],
  ])("must end, and within the document: %j", (body) => {
    expect(errors(config(body))).not.toEqual([]);
  });
});

describe("the other types", () => {
  it.each([
    ["#include\nwww.example.com/x\n", 2, "is no address"],
    ["#cloud-config-archive\nhostname: x\n", 2, "must be a list"],
    ["#cloud-config-jsonp\n[{]\n", 1, "not JSON"],
    ['#cloud-config-jsonp\n{"op": "add"}\n', 1, "must be a list"],
    ["MIME-Version: 1.0\nContent-Type: text/plain\n\nx\n", 1, "without a multipart boundary"],
    ['MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="X"\n\nnothing\n', 1, "without a part"],
  ])("%j is refused", (text, line, words) => {
    expect(errors(text)).toEqual([expect.objectContaining({ line, message: expect.stringContaining(words) })]);
  });
});
