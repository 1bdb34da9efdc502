/** Writes the table of images into docs/images.md from the catalogue; `--check` only tells whether it is fresh. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CatalogueEntry, catalogue } from "../images/index.ts";

const TARGET = fileURLToPath(new URL("../docs/images.md", import.meta.url));
const TABLE = /(<!-- table: written by scripts\/gen-images\.ts -->\n)[\s\S]*?(<!-- end of table -->)/;

/** The page with the table as it should be. Fails when the page has no place for it. */
export function imagesPage(page: string): string {
  if (!TABLE.test(page)) throw new Error("docs/images.md has no place for the table.");
  return page.replace(TABLE, (_, begin: string, end: string) => `${begin}\n${table()}\n\n${end}`);
}

function table(): string {
  const head = ["name", "also", "for", "user", "CPU", "signed", "end of life", "launch"];
  return [head, head.map(() => "---"), ...catalogue().map(row)].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function row(entry: CatalogueEntry): readonly string[] {
  const { name, codename, aliases, arches, user, images, endOfLife, configuration } = entry;
  const words = [codename, ...aliases].filter((word) => word !== "");
  const level = images.x86_64?.level ?? 1;
  return [
    `\`${name}\``,
    words.map((word) => `\`${word}\``).join(" "),
    arches.join(", "),
    user,
    level === 1 ? "" : `x86-64-v${level}`,
    signed(entry),
    endOfLife ?? "rolling",
    configuration === "cloud-init" ? "yes" : `no (${configuration})`,
  ];
}

function signed({ signature }: CatalogueEntry): string {
  if (signature === null) return "no";
  return signature.keysAt === null ? "yes, checked" : "yes, checked (key fetched)";
}

if (import.meta.main) {
  const page = readFileSync(TARGET, "utf8");
  const fresh = imagesPage(page);
  if (!process.argv.includes("--check")) writeFileSync(TARGET, fresh);
  else if (page !== fresh) {
    console.error("docs/images.md is stale: node scripts/gen-images.ts");
    process.exitCode = 1;
  }
}
