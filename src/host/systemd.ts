/** The host's systemd: units as text, and its systemctl. */
import { HutchError } from "../core/errors.ts";
import { run } from "./processes.ts";

export const SYSTEM_UNITS = "/etc/systemd/system";
/** There exactly while systemd is the host's init. */
export const SYSTEMD = "/run/systemd/system";

export type UnitSection = {
  readonly name: string;
  readonly lines: readonly (readonly [key: string, value: string])[];
};

/** One comment line, then the sections. A value is one line, whatever is in it, and systemd puts nothing in its place. */
export function unitText(comment: string, sections: readonly UnitSection[]): string {
  const value = (text: string) => text.replace(/\p{Cc}+/gu, " ").replaceAll("%", "%%");
  const written = sections.map(({ name, lines }) =>
    [`[${name}]`, ...lines.map(([key, text]) => `${key}=${value(text)}`)].join("\n"),
  );
  return `# ${comment.replace(/\p{Cc}+/gu, " ")}\n${written.join("\n\n")}\n`;
}

/** E_HOST with the last that it said; `look` is what to type next. */
export async function systemctl(args: readonly string[], look: string): Promise<void> {
  const { code, stderr } = await run(["systemctl", ...args], { timeoutMs: 30_000 });
  if (code === 0) return;
  throw new HutchError({
    code: "E_HOST",
    message: `systemctl ${args.join(" ")} failed.`,
    why: stderr.trim().split("\n").at(-1) ?? "",
    next: [look],
  });
}
