import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildSeed } from "../../../cloud-init/index.ts";
import { faultText } from "../../../src/cli/faults.ts";
import { rendered } from "../../../src/cli/render/document.ts";
import { NO_PAINT } from "../../../src/cli/render/paint.ts";
import { plain } from "../../../src/cli/render/plain.ts";
import { planDocument } from "../../../src/cli/render/plan.ts";
import { pairs, table } from "../../../src/cli/render/table.ts";
import { clipped, padded, widthOf } from "../../../src/cli/render/width.ts";
import { HutchError } from "../../../src/core/errors.ts";
import { PLAIN } from "../cloud-init/seed-input.ts";

describe("a plan", () => {
  it("shows a user-data and hutch's own as they can be read", async () => {
    const seed = buildSeed({ ...PLAIN, userData: "#cloud-config\nruncmd: [reboot]\n" });
    const document = planDocument([{ spec: { name: "web" }, steps: [], notes: [], xml: "<domain/>", seed }]);
    const shown = await rendered(document, "table");
    expect(shown).toContain("\nContent-Transfer-Encoding: base64 (shown as text)\n");
    expect(shown).toMatch(/\n\n#cloud-config\nruncmd: \[reboot\]\n\n--hutch-/);
    expect(shown).toMatch(/\n\n#cloud-config\nmanage_etc_hosts: localhost\n[\s\S]*ssh_keys:\n[\s\S]*\n--hutch-/);
    expect(await rendered(document, "json")).toContain(
      Buffer.from("#cloud-config\nruncmd").toString("base64").slice(0, 20),
    );
  });
});

describe("the width of text", () => {
  it.each([
    ["", 0],
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["网络", 4],
    ["한글", 4],
    ["ﾊﾛｰ", 3],
    ["…", 1],
    ["█░", 2],
    ["👍", 2],
    ["👩‍👩‍👧", 2],
    ["❤️", 2],
    ["a\u200bb", 2],
  ])("of %j is %i", (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it("is kept when clipped and padded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 40 }), (text, width) => {
        expect(widthOf(clipped(text, width))).toBeLessThanOrEqual(Math.max(width, 0));
        if (widthOf(text) <= width) expect(widthOf(padded(text, width))).toBe(width);
      }),
    );
  });

  it("clips between characters, and says that it did", () => {
    expect(clipped("网络网络", 5)).toBe("网络…");
    expect(clipped("网络网络", 4)).toBe("网…");
    expect(clipped("abc", 3)).toBe("abc");
  });
});

describe("text of others", () => {
  it("cannot move the cursor, nor turn the line around", () => {
    expect(plain("a\u001b[2Jb\rc\u0007\u009b1m\u202ed")).toBe("a\\x1b[2Jb\\x0dc\\x07\\x9b1m\\u202ed");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(plain(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it("leaves other text as it is", () => {
    expect(plain("My VM 网络 é 👍")).toBe("My VM 网络 é 👍");
  });
});

describe("a table", () => {
  it("is aligned by what the terminal shows, with nothing at the ends", () => {
    expect(
      table(
        ["NAME", "STATE"],
        [
          ["网络", "running"],
          ["My VM", ""],
          ["\u001b", "x"],
        ],
      ),
    ).toBe("NAME   STATE\n网络   running\nMy VM  -\n\\x1b   x\n");
  });

  it("of nothing is its head", () => {
    expect(table(["NAME", "STATE"], [])).toBe("NAME  STATE\n");
  });
});

describe("a table at a terminal", () => {
  const head = ["NAME", "SIZE", "NOTE", "TRUST"];
  const rows = [["a-name-that-people-type", "6.3 MiB", "a word or two of it", "signed by somebody who is well known"]];
  const lines = (columns: number, spare: readonly string[] = []) =>
    table(head, rows, { columns, spare }).trimEnd().split("\n");

  it("is as it is where there is room", () => {
    expect(table(head, rows, { columns: 200, spare: ["NOTE"] })).toBe(table(head, rows));
  });

  it("clips the widest first, and never the name", () => {
    expect(lines(80)).toEqual([
      "NAME                     SIZE     NOTE                 TRUST",
      "a-name-that-people-type  6.3 MiB  a word or two of it  signed by somebody who i…",
    ]);
  });

  it("does without what is spare before a column gets too narrow to read", () => {
    expect(lines(64, ["NOTE"])).toEqual([
      "NAME                     SIZE     TRUST",
      "a-name-that-people-type  6.3 MiB  signed by somebody who is wel…",
    ]);
  });

  it("clips paths before anything else, and their beginning: the file's name is seen", () => {
    const paths = [["vda", "a word or two of it, and one more", "/var/lib/libvirt/images/hutch/web-1a2b3c4d.qcow2"]];
    const room = { columns: 70, paths: ["SOURCE"] };
    expect(table(["DISK", "NOTE", "SOURCE"], paths, room).trimEnd().split("\n")).toEqual([
      "DISK  NOTE                               SOURCE",
      "vda   a word or two of it, and one more  …ges/hutch/web-1a2b3c4d.qcow2",
    ]);
    expect(table(["DISK", "SOURCE"], [["vda", "/网络/网络/网络.qcow2"]], { columns: 22, paths: ["SOURCE"] })).toBe(
      "DISK  SOURCE\nvda   …网络/网络.qcow2\n",
    );
  });

  it("fits whatever is in it, from the width of its narrow columns on", () => {
    const cell = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constant("web"), cell, cell)),
        fc.integer({ min: 40, max: 100 }),
        (all, columns) => {
          for (const line of table(["NAME", "A", "B"], all, { columns }).split("\n"))
            expect(widthOf(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});

describe("pairs at a terminal", () => {
  const rows = [
    ["Name", "web"],
    ["Trust", `It is said by somebody, of sha256:${"ab".repeat(16)}, and of 网络.`],
  ] as const;

  it("go on below themselves, between words where it can be", () => {
    expect(pairs(rows, 30)).toBe(
      [
        "Name   web",
        "Trust  It is said by somebody,",
        "       of",
        "       sha256:abababababababab",
        "       abababababababab, and",
        "       of 网络.",
        "",
      ].join("\n"),
    );
  });

  it("are whole in a pipe, and where there is next to no room", () => {
    expect(pairs(rows).split("\n")).toHaveLength(3);
    expect(pairs(rows, 20)).toBe(pairs(rows));
  });
});

describe("a document", () => {
  const document = { data: { machines: [{ name: "web", at: undefined }] }, text: () => "text\n", names: ["web", "db"] };

  it.each([
    ["table", "text\n"],
    ["name", "web\ndb\n"],
    ["json", '{\n  "v": 1,\n  "machines": [\n    {\n      "name": "web"\n    }\n  ]\n}\n'],
    ["ndjson", '{"v":1,"k":"result","machines":[{"name":"web"}]}\n'],
    ["yaml", "v: 1\nmachines:\n  - name: web\n"],
  ] as const)("is %s", async (format, text) => {
    expect(await rendered(document, format)).toBe(text);
  });
});

describe("an error", () => {
  const error = new HutchError(
    {
      code: "E_TIMEOUT",
      message: "web did not get to ssh\u001b.",
      why: "It is kept.",
      next: ["hutch logs web -f"],
      details: { console: ["kernel panic", "\u001b[0m"] },
      left: [{ what: "a disk", command: "virsh vol-delete x" }],
    },
    new Error("the cause"),
  );
  const style = { paint: NO_PAINT, verbose: false, exitCode: 11 };

  it("says what, why, what the guest said, what to type next and what is left", () => {
    expect(faultText(error, { ...style, format: "table" })).toBe(
      [
        "Error: web did not get to ssh\\x1b.",
        "  It is kept.",
        "  | kernel panic",
        "  | \\x1b[0m",
        "  → hutch logs web -f",
        "Still there, and how to remove it:",
        "  a disk",
        "    virsh vol-delete x",
        "",
      ].join("\n"),
    );
  });

  it("tells where it came from with --verbose only", () => {
    expect(faultText(error, { ...style, format: "table" })).not.toContain("the cause");
    expect(faultText(error, { ...style, format: "table", verbose: true })).toContain("Caused by: Error: the cause");
  });

  it.each(["json", "yaml"] as const)("is JSON with -o %s", (format) => {
    const document = JSON.parse(faultText(error, { ...style, format }));
    expect(document).toEqual({ v: 1, error: { ...error.toData(), exitCode: 11 } });
  });

  it("is one line with ndjson", () => {
    expect(faultText(error, { ...style, format: "ndjson" }).trimEnd()).not.toContain("\n");
  });
});
