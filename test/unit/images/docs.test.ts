import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { catalogue } from "../../../images/index.ts";
import { imagesPage } from "../../../scripts/gen-images.ts";

it("docs/images.md has the catalogue as it is", () => {
  const page = readFileSync(new URL("../../../docs/images.md", import.meta.url), "utf8");
  expect(page).toBe(imagesPage(page));
  for (const { name } of catalogue()) expect(page).toContain(`| \`${name}\` |`);
});
