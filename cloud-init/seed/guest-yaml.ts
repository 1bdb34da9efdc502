import { stringify } from "yaml";

/**
 * YAML as guests read it: cloud-init's reader follows YAML 1.1, where a bare `52:54:00:12:34:56` is a number in base 60 and
 * a bare `no` is false, so quotes are set by those rules. Long lines are not folded.
 */
export function guestYaml(value: unknown): string {
  return stringify(value, { version: "1.1", lineWidth: 0 });
}
