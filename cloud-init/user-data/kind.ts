/** What a user-data is, by its first line. */
export type UserDataKind =
  | "cloud-config"
  | "archive"
  | "json-patch"
  | "script"
  | "boothook"
  | "include"
  | "part-handler"
  | "jinja"
  | "upstart";

/** Longer ones first where one begins another. cloud-init compares without case and skips blank lines above. */
const HEADERS: readonly (readonly [header: string, kind: UserDataKind])[] = [
  ["#cloud-config-archive", "archive"],
  ["#cloud-config-jsonp", "json-patch"],
  ["#cloud-config", "cloud-config"],
  ["#cloud-boothook", "boothook"],
  ["#include", "include"],
  ["#part-handler", "part-handler"],
  ["#upstart-job", "upstart"],
  ["## template: jinja", "jinja"],
  ["#!", "script"],
];

/** Undefined when cloud-init would ignore the text. */
export function userDataKind(text: string): UserDataKind | undefined {
  const start = text.trimStart().slice(0, 64).toLowerCase();
  return HEADERS.find(([header]) => start.startsWith(header))?.[1];
}
