/** Prints "PASSED FAILED" for a JSON report of vitest; a file that could not be loaded counts as one failure. */
import { readFileSync } from "node:fs";

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

export function count(report: Report): { readonly passed: number; readonly failed: number } {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((assertion) => assertion.status !== "failed"),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

if (import.meta.main) {
  const { passed, failed } = count(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Report);
  console.log(`${passed} ${failed}`);
}
