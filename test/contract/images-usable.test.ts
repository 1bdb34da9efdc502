/** What is made of packed files, appliances and disks of other hypervisors; real tools make them. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkUsable, isImageError, makeUsable } from "../../images/index.ts";
import { aloneInFile } from "../../images/qemu-file.ts";
import { unpackFile } from "../../images/unpack.ts";

const MIB = 1024 ** 2;
let folder: string;
let work: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-usable-"));
  work = await mkdtemp(join(folder, "work-"));
  execFileSync("qemu-img", ["create", "-q", "-f", "raw", at("disk.raw"), "8M"]);
  const handle = await open(at("disk.raw"), "r+");
  await handle.write(Buffer.from([0x55, 0xaa]), 0, 2, 510);
  await handle.write(Buffer.from("what the disk holds"), 0, 19, 3 * MIB);
  await handle.close();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const convert = (format: string, name: string, ...options: string[]): void => {
  execFileSync("qemu-img", ["convert", "-f", "raw", "-O", format, ...options, at("disk.raw"), at(name)]);
};
/** What a guest would read from it. */
const contents = async (file: string, format: string): Promise<Buffer> => {
  execFileSync("qemu-img", ["convert", "-f", format, "-O", "raw", file, at("read-back.raw")]);
  return (await readFile(at("read-back.raw"))).subarray(0, 8 * MIB);
};
const same = async (file: string, format: string): Promise<boolean> =>
  (await contents(file, format)).equals(await readFile(at("disk.raw")));
const sha = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest("hex");
const patch = async (name: string, position: number, bytes: Uint8Array): Promise<void> => {
  const handle = await open(at(name), "r+");
  await handle.write(bytes, 0, bytes.length, position);
  await handle.close();
};

it("a pipe is refused, and not waited for", async () => {
  execFileSync("mkfifo", [at("pipe")]);
  await expect(makeUsable(at("pipe"), work)).rejects.toMatchObject({ kind: "unusable", why: "It is no file." });
  await expect(checkUsable(at("pipe"))).rejects.toMatchObject({ kind: "unusable", why: "It is no file." });
});

describe("a packed image", () => {
  it.each(["xz", "gzip", "zstd", "bzip2"])("is unpacked: %s", async (program) => {
    convert("qcow2", "disk.qcow2");
    await writeFile(at("packed"), execFileSync(program, ["-c", at("disk.qcow2")]));
    const facts = await makeUsable(at("packed"), work);
    expect(facts).toMatchObject({ format: "qcow2", virtualSizeBytes: 8 * MIB });
    expect((await readFile(facts.file)).equals(await readFile(at("disk.qcow2")))).toBe(true);
  });

  it.each(["xz", "gzip", "zstd", "bzip2"])("in two pieces is unpacked whole: %s", async (program) => {
    await patch("disk.raw", MIB, randomBytes(6 * MIB));
    const disk = await readFile(at("disk.raw"));
    const packed = [disk.subarray(0, 3 * MIB + 1000), disk.subarray(3 * MIB + 1000)].map((input) =>
      execFileSync(program, ["-c"], { input, maxBuffer: 16 * MIB }),
    );
    await writeFile(at("packed"), Buffer.concat(packed));
    const facts = await makeUsable(at("packed"), work);
    expect((await readFile(facts.file)).equals(disk)).toBe(true);
  });

  it("may begin with what zstd skips", async () => {
    const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
    await writeFile(at("packed"), Buffer.concat([skipped, execFileSync("zstd", ["-c", at("disk.raw")])]));
    expect(await makeUsable(at("packed"), work)).toMatchObject({ format: "raw", virtualSizeBytes: 8 * MIB });
  });

  it("of a raw disk keeps its holes", async () => {
    execFileSync("truncate", ["-s", "512M", at("disk.raw")]);
    execFileSync("xz", ["-0", "-T2", "-k", at("disk.raw")]);
    const facts = await makeUsable(at("disk.raw.xz"), work);
    expect(facts).toMatchObject({ format: "raw", virtualSizeBytes: 512 * MIB });
    expect((await stat(facts.file)).blocks * 512).toBeLessThan(MIB);
  });

  it.each(["xz", "gzip", "zstd", "bzip2"])("that is damaged is refused and leaves nothing: %s", async (program) => {
    await writeFile(at("noise"), Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251)));
    const packed = execFileSync(program, ["-c", at("noise")]);
    await writeFile(at("packed"), packed.subarray(0, packed.length - 20));
    await expect(makeUsable(at("packed"), work)).rejects.toMatchObject({ kind: "unusable" });
    expect(await readdir(work)).toEqual([]);
  });

  it("of several streams is refused when a later one is damaged", async () => {
    const pack = (bytes: Buffer): Buffer => execFileSync("bzip2", ["-c"], { input: bytes });
    const second = pack(Buffer.alloc(512, 2));
    second[0] = 0;
    await writeFile(at("packed"), Buffer.concat([pack(Buffer.alloc(512, 1)), second]));
    await expect(makeUsable(at("packed"), work)).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining("garbage"),
    });
  });

  it("that never ends is refused and leaves nothing", async () => {
    execFileSync("truncate", ["-s", "64M", at("zeros")]);
    execFileSync("gzip", [at("zeros")]);
    await expect(unpackFile(at("zeros.gz"), join(work, "out"), { maxBytes: 32 * MIB })).rejects.toMatchObject({
      kind: "unusable",
      message: expect.stringContaining("unpacks to more than"),
    });
    expect(await readdir(work)).toEqual([]);
  });

  it("has to be what the publisher says of what is inside", async () => {
    execFileSync("xz", ["-0", "-k", at("disk.raw")]);
    const digest = { algorithm: "sha256", hex: sha("sha256", await readFile(at("disk.raw"))) } as const;
    await expect(makeUsable(at("disk.raw.xz"), work, { digest })).resolves.toMatchObject({ format: "raw" });
    await expect(
      makeUsable(at("disk.raw.xz"), work, { digest: { ...digest, hex: "0".repeat(64) } }),
    ).rejects.toMatchObject({ kind: "digest-mismatch" });
  });

  it.each([
    ["xz", "xz", "xz-utils"],
    ["zstd", "zst", "zstd"],
  ])("whose program is missing says which package has it: %s", async (program, ending, debian) => {
    execFileSync(program, ["-q", "-k", at("disk.raw")]);
    const script = `
      const { makeUsable } = await import(process.argv[1]);
      await makeUsable(process.argv[2], process.argv[3]).catch(({ kind, next }) => console.log(kind, next[0]));`;
    const library = new URL("../../images/index.ts", import.meta.url).href;
    // An empty /usr/bin over ours, in a namespace of its own; Node lies elsewhere.
    const node = ["--input-type=module", "-e", script, library, at(`disk.raw.${ending}`), work];
    const inner = 'mount -t tmpfs none /usr/bin; [ -L /bin ] || mount -t tmpfs none /bin; exec "$@"';
    const argv = ["--mount", "sh", "-c", inner, "sh", process.execPath, ...node];
    expect(execFileSync("unshare", argv, { encoding: "utf8" })).toBe(
      `tools apt-get install --no-install-recommends ${debian}\n`,
    );
  });

  it.each([
    ["xz", "qcow2", (name: string) => truncate(at(name), 100_000)],
    ["gzip", "vdi", (name: string) => truncate(at(name), 0x100)],
    ["zstd", "vhdx", (name: string) => patch(name, 64 * 1024, Buffer.alloc(256 * 1024, 7))],
  ] as const)(
    "is called by its own name when what is inside cannot be used: %s of %s",
    async (program, format, damage) => {
      convert(format, "disk");
      await damage("disk");
      await writeFile(at("packed"), execFileSync(program, ["-c", at("disk")]));
      const error: unknown = await makeUsable(at("packed"), work).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ message: expect.stringContaining(`What is inside ${at("packed")} cannot be`) });
      expect(isImageError(error) && `${error.message} ${error.why} ${error.next.join()}`).not.toContain(work);
    },
  );

  it("that fills the disk is taken away again", async () => {
    convert("qcow2", "disk.qcow2");
    execFileSync("gzip", [at("disk.qcow2")]);
    await symlink("/dev/full", join(work, "out"));
    await expect(unpackFile(at("disk.qcow2.gz"), join(work, "out"))).rejects.toMatchObject({ kind: "disk-full" });
    expect(await readdir(work)).toEqual([]);
  });
});

/** Disks whose file holds only what was written. */
const GROWING: readonly (readonly [format: string, options: readonly string[]])[] = [
  ["vmdk", []],
  ["vmdk", ["-o", "subformat=streamOptimized"]],
  ["vdi", []],
  ["vhdx", []],
  ["vpc", ["-o", "force_size=on"]],
];

describe("a disk of another hypervisor", () => {
  it.each([...GROWING, ["vpc", ["-o", "subformat=fixed,force_size=on"]] as const])(
    "is converted: %s %s",
    async (format, options) => {
      convert(format, `disk.${format}`, ...options);
      const facts = await makeUsable(at(`disk.${format}`), work);
      expect(facts).toMatchObject({ format: "qcow2", virtualSizeBytes: 8 * MIB });
      expect(await same(facts.file, "qcow2")).toBe(true);
    },
  );

  it("whose data is in other files is refused", async () => {
    convert("vmdk", "split.vmdk", "-o", "subformat=monolithicFlat");
    await expect(makeUsable(at("split.vmdk"), work)).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining("data is in other files"),
    });
    await writeFile(at("evil.vmdk"), '# Disk DescriptorFile\nCID=1\nRW 16 FLAT "/etc/shadow" 0\n');
    await expect(makeUsable(at("evil.vmdk"), work)).rejects.toMatchObject({ kind: "unusable" });
    expect(await readdir(work)).toEqual([]);
  });

  it.each(GROWING)("that is cut off is refused, not filled up with zeros: %s %s", async (format, options) => {
    // Noise: of zeros there is nothing in the file that could be missing.
    await patch("disk.raw", MIB, randomBytes(6 * MIB));
    convert(format, `disk.${format}`, ...options);
    await truncate(at(`disk.${format}`), 4 * MIB);
    await expect(makeUsable(at(`disk.${format}`), work)).rejects.toMatchObject({ kind: "unusable" });
  });

  it.each([
    ["monolithicSparse", 512],
    ["streamOptimized", 60 * 1024],
  ])("of whose last grain a part is missing is refused: %s vmdk", async (subformat, missing) => {
    await patch("disk.raw", MIB, randomBytes(6 * MIB));
    convert("vmdk", "disk.vmdk", "-o", `subformat=${subformat}`);
    const { size } = await stat(at("disk.vmdk"));
    await truncate(at("disk.vmdk"), size - missing);
    await expect(makeUsable(at("disk.vmdk"), work)).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining("cut off"),
    });
  });

  it.each(GROWING.filter(([format]) => format === "vmdk"))(
    "that ends within a grain is whole: %s %s",
    async (format, options) => {
      await truncate(at("disk.raw"), 8 * MIB + 512);
      await patch("disk.raw", 8 * MIB, randomBytes(512));
      convert(format, "disk.vmdk", ...options);
      expect(await makeUsable(at("disk.vmdk"), work)).toMatchObject({ virtualSizeBytes: 8 * MIB + 512 });
    },
  );

  it("that describes others inside is refused before QEMU reads it", async () => {
    convert("vmdk", "empty.vmdk");
    await patch("empty.vmdk", 12, Buffer.alloc(8));
    await expect(makeUsable(at("empty.vmdk"), work)).rejects.toMatchObject({
      why: expect.stringContaining("data is in other files"),
    });
  });

  it("that is a difference to a parent is refused", async () => {
    convert("vmdk", "base.vmdk");
    execFileSync("qemu-img", ["create", "-q", "-f", "vmdk", "-b", at("base.vmdk"), "-F", "vmdk", at("child.vmdk")]);
    convert("vdi", "child.vdi");
    await patch("child.vdi", 0x4c, Buffer.from([4, 0, 0, 0]));
    convert("vpc", "child.vpc", "-o", "force_size=on");
    await patch("child.vpc", 60, Buffer.from([0, 0, 0, 4]));
    for (const name of ["child.vmdk", "child.vdi", "child.vpc"])
      await expect(makeUsable(at(name), work)).rejects.toMatchObject({ why: expect.stringContaining("its parent") });
  });

  /** A vmdk disk whose description lies at its end, where its header says; QEMU looks for a parent at 512 nevertheless. */
  const vmdkWithParent = async (name: string, hint: string): Promise<void> => {
    convert("vmdk", name);
    const { size } = await stat(at(name));
    const sectors = Math.ceil(size / 512);
    const description = (await readFile(at(name))).subarray(512, 21 * 512);
    await patch(name, sectors * 512, description);
    const places = Buffer.alloc(16);
    places.writeBigUInt64LE(BigInt(sectors), 0);
    places.writeBigUInt64LE(20n, 8);
    await patch(name, 28, places);
    await patch(name, 512, Buffer.from(description.toString("latin1").replace("parentCID=ffffffff\n", hint), "latin1"));
  };

  it("that names a parent where only QEMU looks is refused, and not followed", async () => {
    await writeFile(at("secret"), randomBytes(8 * MIB));
    const parent = `# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\n`;
    await writeFile(at("parent"), `${parent}RW 16384 FLAT "${at("secret")}" 0\n`);
    const hint = `parentCID=12345678\nparentFileNameHint="${at("parent")}"\n`;
    await vmdkWithParent("evil.vmdk", hint);
    // What it would be given without being told otherwise.
    expect((await contents(at("evil.vmdk"), "vmdk")).equals(await readFile(at("disk.raw")))).toBe(false);
    await expect(makeUsable(at("evil.vmdk"), work)).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining("its parent"),
    });
    execFileSync("qemu-img", ["convert", "-O", "raw", aloneInFile("vmdk", at("evil.vmdk")), at("alone.raw")]);
    expect((await readFile(at("alone.raw"))).equals(await readFile(at("disk.raw")))).toBe(true);
  });

  it.each(["  parentFileNameHint=", "x=1 parentFileNameHint=", "parentCID=12345678\nparentCID=ffffffff\nx="])(
    "that names a parent in other ways is refused: %j",
    async (words) => {
      await vmdkWithParent("evil.vmdk", `${words}"/dev/null"\n`);
      await expect(makeUsable(at("evil.vmdk"), work)).rejects.toMatchObject({
        why: expect.stringContaining("its parent"),
      });
    },
  );

  it("whose description is nothing but zeros is looked through in a moment", async () => {
    convert("vmdk", "zeros.vmdk");
    const { size } = await stat(at("zeros.vmdk"));
    const sectors = Math.ceil(size / 512);
    await patch("zeros.vmdk", sectors * 512, Buffer.alloc(MIB));
    const places = Buffer.alloc(16);
    places.writeBigUInt64LE(BigInt(sectors), 0);
    places.writeBigUInt64LE(BigInt(MIB / 512), 8);
    await patch("zeros.vmdk", 28, places);
    expect(await makeUsable(at("zeros.vmdk"), work)).toMatchObject({ format: "qcow2" });
  });

  it("may have a name that QEMU would take for more than a name", async () => {
    convert("vdi", "json:{}");
    expect(await makeUsable(at("json:{}"), work)).toMatchObject({ format: "qcow2" });
  });

  it.each<readonly [what: string, format: string, damage: (name: string) => Promise<void>]>([
    ["with tables nowhere", "vmdk", (name) => patch(name, 56, Buffer.from([0, 0, 0, 0, 0, 0, 0xff, 0x7f]))],
    [
      "with tables at its end, where there is no room",
      "vmdk",
      async (name) => {
        await patch(name, 28, Buffer.alloc(16));
        await patch(name, 56, Buffer.alloc(8, 0xff));
        await truncate(at(name), 600);
      },
    ],
    ["of a few bytes", "vmdk", (name) => truncate(at(name), 100)],
    ["with a description nowhere", "vmdk", (name) => patch(name, 28, Buffer.alloc(8, 0x7f))],
    ["with too many tables", "vmdk", (name) => patch(name, 12, Buffer.from([0, 0, 0, 0, 0, 1, 0, 0]))],
    ["of a few bytes", "vdi", (name) => truncate(at(name), 0x180)],
    ["of a few bytes", "vpc", (name) => truncate(at(name), 8)],
  ])("%s is refused in words: %s", async (_, format, damage) => {
    convert(format, "disk");
    await damage("disk");
    await expect(makeUsable(at("disk"), work)).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining("cut off"),
    });
  });

  it("whose tables take more memory than any disk's is refused", async () => {
    convert("vdi", "disk.vdi");
    // Of so many blocks where the table says; behind it comes the data.
    const [blocks, data] = [Buffer.alloc(4), Buffer.alloc(4)];
    blocks.writeUInt32LE(2 ** 28 + 2 ** 20);
    data.writeUInt32LE(0x40800200);
    await patch("disk.vdi", 0x180, blocks);
    await patch("disk.vdi", 0x158, data);
    await truncate(at("disk.vdi"), 0x40800200 + 16 * MIB);
    await expect(makeUsable(at("disk.vdi"), work)).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining("Cannot allocate memory"),
    });
  });

  it("is converted within limits of memory and of space", async () => {
    convert("vdi", "disk.vdi");
    const stub =
      "#!/bin/sh\nsed -n 's/^Max [a-z]* size *\\([0-9]*\\).*/\\1/p' /proc/self/limits | head -n 2 >&2; exit 1\n";
    await writeFile(at("qemu-img"), stub, { mode: 0o755 });
    const script = `
      const { makeUsable } = await import(process.argv[1]);
      await makeUsable(process.argv[2], process.argv[3]).catch(({ kind, why }) => console.log(kind, why));`;
    const library = new URL("../../images/index.ts", import.meta.url).href;
    const argv = ["--input-type=module", "-e", script, library, at("disk.vdi"), work];
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
    const { stdout } = spawnSync(process.execPath, argv, { encoding: "utf8", env });
    expect(stdout).toBe(`unusable ${256 * 1024 ** 3}\n${1024 ** 3}\n`);
  });

  it("that is damaged says what qemu-img says", async () => {
    convert("vhdx", "disk.vhdx");
    await patch("disk.vhdx", 64 * 1024, Buffer.alloc(256 * 1024, 7));
    await expect(makeUsable(at("disk.vhdx"), work)).rejects.toMatchObject({
      kind: "unusable",
      message: expect.stringContaining("cannot be converted from vhdx"),
      why: expect.stringContaining(`Could not open '${at("disk.vhdx")}'`),
    });
  });
});

describe("an appliance", () => {
  const ovf = (disks: readonly string[], more = ""): string => `<?xml version="1.0"?>
    <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
      <References>${disks.map((href, index) => `<File ovf:href="${href}" ovf:id="file${index}" ${more}/>`).join("")}</References>
      <DiskSection>${disks.map((_, index) => `<Disk ovf:capacity="8" ovf:diskId="d${index}" ovf:fileRef="file${index}"/>`).join("")}</DiskSection>
    </Envelope>`;

  const pack = async (files: Readonly<Record<string, string | Buffer>>, ...options: string[]): Promise<string> => {
    for (const [name, bytes] of Object.entries(files)) await writeFile(at(name), bytes);
    execFileSync("tar", ["-C", folder, "--format=ustar", "-cf", at("box.ova"), ...options, ...Object.keys(files)]);
    return at("box.ova");
  };

  it("gives its disk, checked against its manifest", async () => {
    convert("vmdk", "box.vmdk", "-o", "subformat=streamOptimized");
    const description = ovf(["box.vmdk"]);
    const disk = await readFile(at("box.vmdk"));
    const lines = `SHA256(box.ovf)= ${sha("sha256", Buffer.from(description))}\nSHA1(box.vmdk)= ${sha("sha1", disk)}\n`;
    const file = await pack({ "box.ovf": description, "box.mf": lines, "box.vmdk": disk });
    const facts = await makeUsable(file, work);
    expect(facts).toMatchObject({ format: "qcow2", virtualSizeBytes: 8 * MIB });
    expect(await same(facts.file, "qcow2")).toBe(true);
  });

  it("whose description never closes what it opens is read through in a moment", async () => {
    const file = await pack({ "box.ovf": "<Disk ".repeat(300_000), "box.vmdk": "x" });
    await expect(makeUsable(file, work)).rejects.toMatchObject({ why: expect.stringContaining("names no disk") });
  });

  it("with a part of a byte in it is refused", async () => {
    const file = await pack(
      { "box.ovf": ovf(["box.vmdk"]), "box.vmdk": "x" },
      "--format=pax",
      "--pax-option=size:=1.5",
    );
    await expect(makeUsable(file, work)).rejects.toMatchObject({ kind: "unusable" });
  });

  it("may have its disk packed", async () => {
    convert("vmdk", "plain.vmdk");
    const packed = execFileSync("gzip", ["-c", at("plain.vmdk")]);
    const file = await pack({ "box.ovf": ovf(["box.gz"], 'ovf:compression="gzip"'), "box.gz": packed });
    expect(await same((await makeUsable(file, work)).file, "qcow2")).toBe(true);
  });

  it.each([
    ["my%20disk.vmdk", "my disk.vmdk"],
    ["a&amp;b&#x27;&#39;.vmdk", "a&b''.vmdk"],
    ["it's 100%.vmdk", "it's 100%.vmdk"],
    ["a&amp;amp;&toString;&#x110000;.vmdk", "a&amp;&toString;&#x110000;.vmdk"],
  ])("may write the name of its disk as XML and addresses do: %s", async (href, name) => {
    convert("vmdk", "plain.vmdk");
    const file = await pack({ "box.ovf": ovf([href]), [name]: await readFile(at("plain.vmdk")) });
    expect(await same((await makeUsable(file, work)).file, "qcow2")).toBe(true);
  });

  it.each([[["my%20disk.vmdk", "my disk.vmdk"]], [["my disk.vmdk", "my%20disk.vmdk"]]])(
    "means the name as it is before its other reading: %j",
    async (names) => {
      convert("vmdk", "plain.vmdk");
      const disk = await readFile(at("plain.vmdk"));
      const bytes = (name: string) => (name.includes("%") ? disk : Buffer.from("another file"));
      const files = Object.fromEntries(names.map((name) => [name, bytes(name)]));
      expect(
        await same(
          (await makeUsable(await pack({ "box.ovf": ovf(["my%20disk.vmdk"]), ...files }), work)).file,
          "qcow2",
        ),
      ).toBe(true);
    },
  );

  it("that is not what its manifest says is refused and leaves nothing", async () => {
    convert("vmdk", "box.vmdk");
    const disk = await readFile(at("box.vmdk"));
    const file = await pack({
      "box.ovf": ovf(["box.vmdk"]),
      "box.vmdk": disk,
      "box.mf": `SHA256(box.vmdk)= ${"0".repeat(64)}\n`,
    });
    await expect(makeUsable(file, work)).rejects.toMatchObject({
      kind: "digest-mismatch",
      message: expect.stringContaining("box.vmdk is not what its manifest says"),
    });
    expect(await readdir(work)).toEqual([]);
  });

  it.each([
    ["several disks", ["a.vmdk", "b.vmdk"], [], "2 disks"],
    ["no disk", [], [], "names no disk"],
    ["a disk elsewhere", ["../../etc/shadow"], [], "is not in it"],
    ["a disk that is missing", ["c.vmdk"], [], "c.vmdk is not in it"],
    ["a name that is a path", ["a.vmdk"], ["--transform", "s,a.vmdk,../a.vmdk,"], "something strange"],
    ["a file that is a link", ["l.vmdk"], [], "something strange"],
  ])("with %s is refused", async (_, disks, options, why) => {
    await writeFile(at("b.vmdk"), "b");
    await symlink("/etc/shadow", at("l.vmdk"));
    execFileSync("touch", [at("a.vmdk"), at("box.ovf")]);
    await writeFile(at("box.ovf"), ovf(disks));
    const files = ["box.ovf", "a.vmdk", "b.vmdk", ...(disks[0] === "l.vmdk" ? ["l.vmdk"] : [])];
    execFileSync("tar", ["-C", folder, "-P", "--format=ustar", "-cf", at("box.ova"), ...options, ...files]);
    await expect(makeUsable(at("box.ova"), work)).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining(why),
    });
    expect(await readdir(work)).toEqual([]);
  });

  it("that is cut off is refused", async () => {
    convert("vmdk", "box.vmdk");
    const file = await pack({ "box.ovf": ovf(["box.vmdk"]), "box.vmdk": await readFile(at("box.vmdk")) });
    await writeFile(file, (await readFile(file)).subarray(0, 20_000));
    await expect(makeUsable(file, work)).rejects.toMatchObject({
      kind: "unusable",
      why: expect.stringContaining("cut off"),
    });
  });
});
