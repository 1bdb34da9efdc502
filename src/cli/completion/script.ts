/** The completion scripts: real files, beside this one. */
import { readFileSync } from "node:fs";
import type { SHELLS } from "../known-names.ts";

const ENDINGS = { bash: "bash", zsh: "zsh", fish: "fish", powershell: "ps1" } as const;

export function completionScript(shell: (typeof SHELLS)[number]): string {
  return readFileSync(new URL(`hutch-completion.${ENDINGS[shell]}`, import.meta.url), "utf8");
}
