/** Names that hutch gives. A VM's is a host name, so that it works in DNS, in ssh and as a file name. */

const LONGEST = 63;

/** What keeps `name` from being a VM's name, as a sentence; null when nothing does. */
export function checkName(name: string): string | null {
  if (name === "") return "it is empty.";
  const odd = /[^A-Za-z0-9-]/u.exec(name)?.[0];
  if (odd !== undefined)
    return `it has ${odd === " " ? "a space" : JSON.stringify(odd)} in it; only letters, digits and hyphens are allowed.`;
  if (!/^[A-Za-z]/.test(name)) return "it does not begin with a letter.";
  if (name.endsWith("-")) return "it ends with a hyphen.";
  if (name.length > LONGEST) return `it has ${name.length} characters; ${LONGEST} is the most.`;
  return null;
}

/** What `useradd` takes everywhere. */
const LINUX_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;

/** What keeps `name` from being the login user that hutch makes, as a sentence; null when nothing does. */
export function checkLoginUser(name: string): string | null {
  if (name === "root") return "root logs in nowhere; the login user is root by sudo, without a password.";
  if (LINUX_NAME.test(name)) return null;
  return "a login user has small letters, digits, hyphens and underscores, a letter first, at most 32.";
}
