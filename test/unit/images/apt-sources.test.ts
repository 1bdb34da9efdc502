import { describe, expect, it } from "vitest";
import { mirrorAt, mirrorOf, parseDeb822Sources, parseOneLineSources } from "../../../images/build/apt-sources.ts";
import { aptSources } from "../../../images/build/root-files.ts";

describe("apt's one-line format", () => {
  it("reads types, options, suites and components, and passes over the rest", () => {
    const text = `
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib # nearest
deb-src http://mirror.example/debian bookworm main
nonsense
deb file:/srv/local ./
`;
    expect(parseOneLineSources(text)).toEqual([
      { types: ["deb"], uris: ["http://mirror.example/debian"], suites: ["bookworm"], components: ["main", "contrib"] },
      { types: ["deb-src"], uris: ["http://mirror.example/debian"], suites: ["bookworm"], components: ["main"] },
      { types: ["deb"], uris: ["file:/srv/local"], suites: ["./"], components: [] },
    ]);
  });
});

describe("apt's deb822 format", () => {
  it("reads paragraphs with continued lines and comments, without the disabled ones", () => {
    const text = `# top
Types: deb deb-src
# inside
URIs: https://a.example/debian
 https://b.example/debian
Suites: trixie
  trixie-updates
Components: main

Enabled: no
Types: deb
URIs: https://off.example/debian
Suites: trixie


Types: deb
uris: https://a.example/debian-security
Suites: trixie-security
Components: main
`;
    expect(parseDeb822Sources(text)).toEqual([
      {
        types: ["deb", "deb-src"],
        uris: ["https://a.example/debian", "https://b.example/debian"],
        suites: ["trixie", "trixie-updates"],
        components: ["main"],
      },
      {
        types: ["deb"],
        uris: ["https://a.example/debian-security"],
        suites: ["trixie-security"],
        components: ["main"],
      },
    ]);
  });

  it("reads back what we write for a guest", () => {
    const written = aptSources("trixie", mirrorAt("http://mirror.example/debian/"));
    expect(mirrorOf(parseDeb822Sources(written))).toEqual({
      archive: "http://mirror.example/debian",
      security: "http://mirror.example/debian-security",
    });
  });
});

describe("the mirror of this machine", () => {
  const source = (uri: string, type = "deb") => ({ types: [type], uris: [uri], suites: ["x"], components: ["main"] });

  it("is the first Debian archive that guests can reach too, with the security archive that apt names", () => {
    expect(
      mirrorOf([
        source("https://packages.example/docker"),
        source("file:/srv/debian"),
        source("http://src.example/debian", "deb-src"),
        source("http://near.example/mirrors/debian/"),
        source("http://sec.example/debian-security"),
      ]),
    ).toEqual({ archive: "http://near.example/mirrors/debian", security: "http://sec.example/debian-security" });
  });

  it.each([[[]], [[source("http://archive.example/ubuntu")]], [[source("cdrom:[Debian]/debian")]]])(
    "is Debian's public one when apt names none: %j",
    (sources) => expect(mirrorOf(sources).archive).toBe("http://deb.debian.org/debian"),
  );

  it("takes the public security archive for a mirror with another layout", () => {
    expect(mirrorAt("http://x.example/pub/deb").security).toBe("http://deb.debian.org/debian-security");
  });
});
