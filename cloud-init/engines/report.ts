import { cleanConsole } from "../console/clean.ts";

/** What an engine script told: the lines that start with `@hutch`; everything else is chatter of package managers. */
export type EngineReport = {
  readonly steps: readonly string[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
};

const LINE = /^@hutch (step|note|warning|fact) (.*)$/;
const FACT = /^([a-z][a-z-]*)=(.*)$/;

/** Reads a script's standard output; the guest is not trusted, so everything is cleaned and unknown lines are passed over. */
export function parseEngineReport(stdout: string): EngineReport {
  const told = cleanConsole(stdout)
    .split("\n")
    .flatMap((line) => {
      const [, kind, text] = LINE.exec(line) ?? [];
      return kind === undefined || text === undefined ? [] : [{ kind, text: text.trim() }];
    });
  const texts = (wanted: string): readonly string[] =>
    told.filter(({ kind }) => kind === wanted).map(({ text }) => text);
  const facts = texts("fact").flatMap((text) => {
    const [, key, value] = FACT.exec(text) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  return {
    steps: texts("step"),
    notes: texts("note"),
    warnings: [...new Set(texts("warning").map((text) => text.replace(/^WARNING: /, "")))],
    facts: Object.fromEntries(facts),
  };
}
