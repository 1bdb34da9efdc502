import type { World } from "./world.ts";

/** The world but for what each write and each start changes: revision, libvirt's running numbers, its command lines. */
export function plainWorld({ processes, files, ...seen }: World): unknown {
  const plain = JSON.stringify(seen)
    .replace(/revision(=|\\?["']:)\\*["']?\d+\\*["']?/g, "revision")
    .replace(/ id='\d+'|domain-\d+-|vnet\d+|portid='[^']*'|\/dev\/pts\/\d+|index='\d+'/g, "");
  const kept = Object.entries(files).filter(([path]) => !/etc\/qemu\/|\.macs$|images\/hutch\/t-/.test(path));
  return { ...(JSON.parse(plain) as object), files: Object.fromEntries(kept), count: processes.length };
}
