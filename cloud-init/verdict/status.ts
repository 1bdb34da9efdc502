/** What cloud-init says of itself. `degraded`: done, with warnings; `disabled`: it will not run in this VM, or is not there. */
export type CloudInitVerdict = {
  readonly state: "running" | "done" | "degraded" | "failed" | "disabled" | "not-run";
  /** The stage it is in, or the first one that failed. */
  readonly stage?: string;
  readonly errors: readonly CloudInitProblem[];
  readonly recoverable: readonly (CloudInitProblem & { readonly level: string })[];
};

export type CloudInitProblem = { readonly module?: string; readonly stage?: string; readonly message: string };

/** How `wait-cloud-init.sh` says that the program is not there. */
const ABSENT = 3;
/** What cloud-init itself calls degraded; the other levels are remarks. */
const WARNING_LEVELS = ["WARNING", "ERROR", "CRITICAL"];

/**
 * Reads the output of `cloud-init status --format json` (22.4 and later) or `--long` (before). The exit code is asked last:
 * 1 is an error in every version, 2 means degraded from 23.4 on, and Ubuntu 22.04 gives 0 for degraded as well.
 * Output that says nothing is `not-run`.
 */
export function parseStatus({
  stdout,
  exitCode,
}: {
  readonly stdout: string;
  readonly exitCode: number;
}): CloudInitVerdict {
  if (exitCode === ABSENT && stdout.trim() === "absent") return { state: "disabled", errors: [], recoverable: [] };
  const said = readJson(stdout) ?? readText(stdout);
  const state = stateOf(said, exitCode);
  // A failure is never without a word.
  const errors =
    state === "failed" && said.errors.length === 0
      ? [{ message: said.detail || `exit code ${exitCode}` }]
      : said.errors;
  const stage = said.stage ?? errors.find((error) => error.stage !== undefined)?.stage;
  return { state, ...(stage === undefined ? {} : { stage }), errors, recoverable: said.recoverable };
}

type Said = Omit<CloudInitVerdict, "state"> & { readonly status: string; readonly detail: string };

function stateOf({ status, errors, recoverable }: Said, exitCode: number): CloudInitVerdict["state"] {
  if (status === "error" || errors.length > 0) return "failed";
  if (status === "disabled" || status === "running") return status;
  if (status !== "done") return exitCode === 1 && status !== "" && !status.startsWith("not") ? "failed" : "not-run";
  if (exitCode === 1) return "failed";
  const warned = recoverable.some(({ level }) => WARNING_LEVELS.includes(level));
  // Exit code 2 with nothing but remarks is no reason to worry anyone.
  return warned || (exitCode === 2 && recoverable.length === 0) ? "degraded" : "done";
}

function readJson(stdout: string): Said | undefined {
  // Versions that print a dot while they wait print it before the object.
  const start = stdout.indexOf("{");
  if (start < 0) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(stdout.slice(start));
  } catch {
    return undefined;
  }
  if (!isRecord(json)) return undefined;
  const stages = Object.entries(json).filter(
    (entry): entry is [string, Record<string, unknown>] => isRecord(entry[1]) && "start" in entry[1],
  );
  return {
    status: text(json["status"]),
    detail: text(json["detail"]),
    ...(text(json["stage"]) === "" ? {} : { stage: text(json["stage"]) }),
    errors: byStage(stages, texts(json["errors"]), (stage) => texts(stage["errors"])).map(problem),
    recoverable: levels(json["recoverable_errors"]).flatMap(([level, messages]) =>
      byStage(stages, messages, (stage) =>
        levels(stage["recoverable_errors"]).flatMap(([other, said]) => (other === level ? said : [])),
      ).map((said) => ({
        level,
        ...problem(said),
      })),
    ),
  };
}

/** Versions before 22.4: `status: …`, then `detail:` with the errors or the datasource below it. */
function readText(stdout: string): Said {
  const status = /^\.*status: (.*)$/m.exec(stdout)?.[1]?.trim() ?? "";
  const detail = /^detail:\s*\n([\s\S]*)$/m.exec(stdout)?.[1]?.trim() ?? "";
  const errors = status === "error" ? detail.split("\n").filter((line) => line.trim() !== "") : [];
  return { status, detail, errors: errors.map((message) => problem({ message })), recoverable: [] };
}

type Message = { readonly message: string; readonly stage?: string };

/** Each message with the stage that has it in its own list. */
function byStage(
  stages: readonly (readonly [string, Record<string, unknown>])[],
  messages: readonly string[],
  of: (stage: Record<string, unknown>) => readonly string[],
): readonly Message[] {
  return [...new Set(messages)].map((message) => {
    const stage = stages.find(([, content]) => of(content).includes(message))?.[0];
    return stage === undefined ? { message } : { message, stage };
  });
}

/** Python's `('scripts_user', RuntimeError('…'))`, and what newer versions put into words. */
const MODULES = [/^\(["']([\w-]+)["'],/, /[Rr]unning module ([\w-]+) \(/, /Failed to run module ([\w-]+)/];

function problem({ message, stage }: Message): CloudInitProblem {
  const name = MODULES.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined);
  const inner = /^\(["'][\w-]+["'], \w+\((["'])([\s\S]*)\1,?\)\)$/.exec(message)?.[2];
  return {
    ...(name === undefined ? {} : { module: moduleName(name) }),
    ...(stage === undefined ? {} : { stage }),
    message: inner ?? message,
  };
}

/** Versions write `scripts-user` and `scripts_user`; users write the key of a module with underscores. */
export const moduleName = (name: string): string => name.replaceAll("-", "_");

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const levels = (value: unknown): readonly (readonly [string, readonly string[]])[] =>
  isRecord(value) ? Object.entries(value).map(([level, messages]) => [level, texts(messages)] as const) : [];
