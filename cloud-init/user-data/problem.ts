/** An error keeps cloud-init from doing what was asked, or hutch from reaching the VM; a warning is worth a look. */
export type UserDataProblem = {
  readonly level: "error" | "warning";
  /** Counted from 1. */
  readonly line?: number;
  readonly message: string;
};

export const errorAt = (line: number | undefined, message: string): UserDataProblem => problem("error", line, message);
export const warningAt = (line: number | undefined, message: string): UserDataProblem =>
  problem("warning", line, message);

function problem(level: UserDataProblem["level"], line: number | undefined, message: string): UserDataProblem {
  return { level, ...(line === undefined ? {} : { line }), message };
}
