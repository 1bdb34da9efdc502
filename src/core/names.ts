/** Names that hutch gives: host names, so that they work in DNS, in ssh and as file names. */

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
