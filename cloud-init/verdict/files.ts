/** What cloud-init leaves in `status.json` and `result.json`: enough to tell a clean run without asking the program. */

/** In every version; some list stages beside these that never run. */
const STAGES = ["init-local", "init", "modules-config", "modules-final"];

/**
 * Whether the output of `wait-cloud-init.sh` says that every stage has ended and nothing went wrong in any. False for all
 * else, what is not understood included: then cloud-init itself has to be asked.
 */
export function endedCleanly(stdout: string): boolean {
  let read: unknown;
  try {
    read = JSON.parse(stdout);
  } catch {
    return false;
  }
  const status = field(field(read, "status"), "v1");
  const result = field(field(read, "result"), "v1");
  return (
    STAGES.every((stage) => hasEnded(field(status, stage))) &&
    Object.values(isObject(status) ? status : {}).every((entry) => !isObject(entry) || isClean(entry)) &&
    field(status, "stage") === null &&
    typeof field(status, "datasource") === "string" &&
    isClean(result)
  );
}

function hasEnded(stage: unknown): boolean {
  return typeof field(stage, "start") === "number" && typeof field(stage, "finished") === "number";
}

/** No errors; what is recoverable is told from 23.4 on. */
function isClean(entry: unknown): boolean {
  const errors = field(entry, "errors");
  const recoverable = field(entry, "recoverable_errors") ?? {};
  return Array.isArray(errors) && errors.length === 0 && isObject(recoverable) && Object.keys(recoverable).length === 0;
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
