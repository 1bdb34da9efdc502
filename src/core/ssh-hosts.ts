/** The hosts that somebody's ssh configuration names. Pure. */

/** In the order of the file, each once; patterns name nobody. */
export function sshHostsIn(config: string): readonly string[] {
  const named = config.split("\n").flatMap((line) => {
    const [, hosts = ""] = /^\s*host(?:\s+|\s*=\s*)(.+)$/i.exec(line) ?? [];
    return hosts.split(/\s+/).map((host) => host.replace(/^"(.*)"$/, "$1"));
  });
  return [...new Set(named.filter((host) => /^[\w.-]+$/.test(host)))];
}
