/** The licences of the packages whose code a bundle holds: each asks to go with every copy. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE = /^(licen[cs]e|copying)(\.|$)/i;

/** `inputs` are files relative to `root`. Fails for a package without a licence of its own. */
export async function licencesOf(root: string, inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((input) => PACKAGE.exec(input)?.[0] ?? []));
  const sections = await Promise.all([...folders].map((folder) => licenceOf(join(root, folder))));
  return [...new Set(sections)].sort().join(`\n${"-".repeat(78)}\n\n`);
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => LICENCE.test(entry));
  if (file === undefined && typeof license !== "string") throw new Error(`${name} says nothing of its licence.`);
  const text = file === undefined ? `Licence: ${license}\n` : await readFile(join(folder, file), "utf8");
  return `${name} ${version}\n\n${text.trim()}\n`;
}
