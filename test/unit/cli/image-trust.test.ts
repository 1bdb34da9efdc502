import { describe, expect, it } from "vitest";
import { catalogue } from "#images";
import { widthOf } from "../../../src/cli/render/width.ts";
import type { ImageInfo, ImageVerdict } from "../../../src/core/image-trust.ts";
import type { CatalogueRow, ImageRow } from "../../../src/core/requests.ts";
import { finished, hutch } from "./stand-in.ts";

const row: ImageRow = {
  name: "ubuntu-24.04",
  digest: `sha256:${"ab".repeat(32)}`,
  volume: "ubuntu-24.04-abababababab.qcow2",
  bytes: 600 * 1024 ** 2,
  virtualBytes: 3.5 * 1024 ** 3,
  trust: "",
  arch: "x86_64",
  origin: null,
  addedAt: "2026-07-12T10:00:00.000Z",
  usedBy: ["web"],
  inTrash: [],
  bakedFrom: [],
  stale: false,
};
const info: ImageInfo = {
  name: "ubuntu-24.04",
  release: {
    title: "Ubuntu 24.04 LTS (noble)",
    arches: ["x86_64", "aarch64"],
    user: "ubuntu",
    firmware: { x86_64: ["bios", "uefi"], aarch64: ["uefi"] },
    packages: "apt",
    configuration: "cloud-init",
    cpuLevel: 1,
    endOfLife: "2029-05-31",
    pinnedBuild: "20260705",
    trust: ["It is published somewhere.", "It is signed by somebody."],
    note: "",
  },
  stored: [{ ...row, chain: ["Fetched from there.", "Stored here."] }],
};
const verdict: ImageVerdict = {
  name: "ubuntu-24.04",
  volume: row.volume,
  state: "ok",
  origin: null,
  digest: row.digest,
  found: row.digest,
  usedBy: [],
};

/** A hutch that answers with these. */
const world = (images: object) => ({ hutch: { images: images as never } }) satisfies Parameters<typeof hutch>[1];

const widest = (text: string): number => Math.max(...text.split("\n").map(widthOf));

describe("image info", () => {
  it("shows the release, then each stored build with the chain of what vouches for it", async () => {
    const { code, stdout } = await hutch(["image", "info", "noble"], world({ info: async () => info }));
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "Name           ubuntu-24.04",
        "Title          Ubuntu 24.04 LTS (noble)",
        "Architectures  x86_64 aarch64",
        "Firmware       x86_64: bios or uefi, aarch64: uefi",
        "CPU            any x86-64",
        "User           ubuntu",
        "Packages       apt",
        "Set up by      cloud-init",
        "End of life    2029-05-31",
        "A named build  20260705",
        "Trust          It is published somewhere.",
        "\u00a0              It is signed by somebody.",
        "",
        "Stored as  ubuntu-24.04-abababababab.qcow2",
        "For        x86_64",
        "Size       600 MiB, a disk of 3.5 GiB",
        "Used by    web",
        "Chain      Fetched from there.",
        "\u00a0          Stored here.",
        "",
      ].join("\n"),
    );
  });

  it("shows the recipe of what was baked", async () => {
    const origin = { kind: "baked", base: "debian-13", baseDigest: "", engine: "docker", packages: ["git"] } as const;
    const stored = ["sha256:12", null].map((userData) => ({ ...row, origin: { ...origin, userData }, chain: [] }));
    const { stdout } = await hutch(["image", "info", "dev"], world({ info: async () => ({ ...info, stored }) }));
    expect(stdout.split("\n").filter((line) => /^(Made by|User-data)/.test(line))).toEqual([
      "Made by    hutch image bake debian-13 --engine docker --packages git --user-data FILE --name ubuntu-24.04",
      "User-data  sha256:12",
      "Made by    hutch image bake debian-13 --engine docker --packages git --name ubuntu-24.04",
    ]);
  });

  it("keeps to the columns of a terminal, and is whole in a pipe", async () => {
    const chain = [`Stored on 2026-07-12 as ${row.digest}; hutch image verify looks whether it still is.`];
    const long = { ...info, stored: [{ ...row, chain }] };
    const seen = await hutch(["image", "info", "noble"], { ...world({ info: async () => long }), tty: true });
    expect(widest(seen.stdout)).toBeLessThanOrEqual(80);
    expect(seen.stdout.replace(/\s+/g, "")).toContain(chain[0]?.replace(/\s+/g, ""));
    expect((await hutch(["image", "info", "noble"], world({ info: async () => long }))).stdout).toContain(chain[0]);
  });

  it("says how to get what is not in the store", async () => {
    const { stderr } = await hutch(["image", "info", "noble"], world({ info: async () => ({ ...info, stored: [] }) }));
    expect(stderr).toContain("hutch image pull ubuntu-24.04");
  });

  it("of what launch refuses says so, and one of a release at its end", async () => {
    const release =
      info.release === null ? null : { ...info.release, configuration: "ignition", endOfLife: "2020-01-31" };
    const old = { ...info, release, stored: [] };
    const { stdout, stderr } = await hutch(["image", "info", "noble"], world({ info: async () => old }));
    expect(stdout).toMatch(/^Set up by +ignition: launch refuses it$/m);
    expect(stdout).toMatch(/^End of life +2020-01-31: past, it gets no more security updates$/m);
    expect(stderr).toBe("It is not in the store; to fetch it: hutch image pull ubuntu-24.04\n");
  });

  it("is one document in JSON", async () => {
    const { stdout } = await hutch(["image", "info", "noble", "-o", "json"], world({ info: async () => info }));
    expect(JSON.parse(stdout)).toEqual({ v: 1, image: info });
  });
});

describe("image verify", () => {
  const verify = (verdicts: readonly ImageVerdict[], argv: readonly string[] = []) =>
    hutch(["image", "verify", ...argv], world({ verify: () => finished(verdicts) }));

  it("shows what became of each, and ends with 0 when all are right", async () => {
    const { code, stdout } = await verify([
      verdict,
      { ...verdict, name: "x", volume: "x.qcow2", state: "unreadable", found: null },
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ubuntu-24\.04 +ubuntu-24\.04-abababababab\.qcow2 +ok +-$/m);
    expect(stdout).toMatch(/^x +x\.qcow2 +not read: this driver lets no volume be read +-$/m);
  });

  it("ends with 8 when one is damaged or gone, naming the VMs that stand on it and what to type", async () => {
    const damaged = { ...verdict, state: "damaged", found: `sha256:${"cd".repeat(32)}`, usedBy: ["web"] } as const;
    const { code, stdout, stderr } = await verify([
      damaged,
      { ...verdict, volume: "y.qcow2", state: "missing", found: null },
    ]);
    expect(code).toBe(8);
    expect(stdout).toContain("damaged: its bytes are not those that were stored");
    expect(stderr).toContain("The disks of web stand on it");
    // What a VM stands on is not removed: the way on is the backup.
    expect(stderr).toContain("→ Restore web from a backup");
  });

  const baked = { kind: "baked", base: "debian-13", baseDigest: "", engine: "docker" } as const;
  it.each([
    [{ kind: "published", entry: "x", url: "", digest: "", signedBy: null, version: null }, "pull ubuntu-24.04"],
    [{ kind: "registry", reference: "oci://r/a:1", manifest: "" }, "pull oci://r/a:1"],
    [{ kind: "built", entry: "debian-13" }, "build debian-13"],
    [{ kind: "imported", from: "/my disks/a.qcow2" }, "import '/my disks/a.qcow2' --name ubuntu-24.04"],
    [{ ...baked, packages: [], userData: null }, "bake debian-13 --engine docker --name ubuntu-24.04"],
    [
      { ...baked, engine: null, packages: ["git", "htop"], userData: "sha256:1" },
      "bake debian-13 --packages git,htop --user-data FILE --name ubuntu-24.04",
    ],
    [null, "import FILE --name ubuntu-24.04"],
  ] as const)("says how to have anew what nobody uses: %j", async (origin, command) => {
    const { stderr } = await verify([{ ...verdict, origin, state: "missing", found: null }]);
    expect(stderr).toContain(`→ hutch image rm ubuntu-24.04\n  → hutch image ${command}\n`);
  });

  it("names bytes with several names once", async () => {
    const gone = { ...verdict, state: "missing", found: null } as const;
    const { stderr } = await verify([gone, { ...gone, name: "noble" }]);
    expect(stderr).toContain(`Error: ${row.volume} is missing.\n`);
    expect(stderr).toContain("→ hutch image rm ubuntu-24.04 noble\n");
  });

  it("names in -o name those that are right", async () => {
    const { stdout } = await verify(
      [verdict, { ...verdict, name: "x", state: "missing", found: null }],
      ["-o", "name"],
    );
    expect(stdout).toBe("ubuntu-24.04\n");
  });
});

describe("image ls", () => {
  it("keeps to the columns of a terminal, what it does without first, and is whole in a pipe", async () => {
    const trust = "unsigned upstream; sha512 published by cloud.debian.org over https";
    const images = [{ ...row, name: "debian-13-docker", trust, usedBy: ["web", "db", "mail", "files"], stale: true }];
    const seen = await hutch(["image", "ls"], { images, tty: true });
    expect(widest(seen.stdout)).toBeLessThanOrEqual(80);
    expect(seen.stdout).toMatch(/^NAME +SIZE +DISK +AGE +USED BY +TRUST$/m);
    expect(seen.stdout).toMatch(/^debian-13-docker .* unsigned/m);
    const piped = await hutch(["image", "ls"], { images });
    expect(piped.stdout).toMatch(/^NAME +DIGEST +SIZE +DISK +AGE +USED BY +TRUST$/m);
    expect(piped.stdout).toContain(`${trust}; its base is newer by now`);
  });
});

describe("image find", () => {
  const found: CatalogueRow = {
    name: "flatcar-stable",
    title: "Flatcar",
    arches: ["x86_64"],
    user: "core",
    trust: `signed by ${"0123456789ABCDEF01234567"}89ABCDEF01234567; sha512`,
    configuration: "ignition",
    endOfLife: null,
    inStore: false,
    note: "",
  };

  it("keeps to the columns of a terminal, with every name whole", async () => {
    const all = catalogue().map((entry) => ({ ...entry, inStore: null }));
    const seen = await hutch(["image", "find"], { ...world({ catalogue: async () => all }), tty: true });
    expect(widest(seen.stdout)).toBeLessThanOrEqual(80);
    for (const { name } of all) expect(seen.stdout).toMatch(new RegExp(`^${name.replaceAll(".", "\\.")} `, "m"));
    expect(seen.stdout).toMatch(/^debian-13 +2030-06-30 +yes +\w+ +unsigned upstream/m);
  });

  it("shows what launch cannot set up, what never ends, and keys by their end", async () => {
    const rows = [found, { ...found, name: "flatcar-2", inStore: null }];
    const { stdout } = await hutch(["image", "find"], world({ catalogue: async () => rows }));
    expect(stdout).toMatch(
      /^flatcar-stable +Flatcar +x86_64 +rolling +no: ignition +no +signed by 89ABCDEF01234567; sha512$/m,
    );
    expect(stdout).toMatch(/^flatcar-2 .* no: ignition +unknown /m);
  });
});
