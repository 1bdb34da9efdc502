/** The x86-64 level of a host's CPU: what programs built for newer processors ask of it. */

export type CpuLevel = 1 | 2 | 3;

/** The least of each level that no lower one has; features' names are libvirt's. */
const LEVELS: readonly { readonly level: CpuLevel; readonly features: readonly string[]; readonly models: RegExp }[] = [
  {
    level: 3,
    features: ["avx2", "bmi1", "bmi2", "fma", "abm", "movbe"],
    models:
      /^(Haswell|Broadwell|Skylake|Cascadelake|Cooperlake|Icelake|SapphireRapids|GraniteRapids|SierraForest|ClearwaterForest|EPYC|Dhyana|YongFeng)/,
  },
  {
    level: 2,
    features: ["cx16", "lahf_lm", "popcnt", "sse4.1", "sse4.2", "ssse3"],
    models: /^(Nehalem|Westmere|SandyBridge|IvyBridge|Opteron_G[45]|Snowridge|Denverton)/,
  },
  {
    level: 1,
    features: [],
    models: /^(Penryn|Conroe|core2duo|Opteron_G[123]|phenom|athlon|kvm64|qemu64|cpu64-rhel[56])/,
  },
];

/** By the CPU's model and what it has beside that, as libvirt tells them. Null when it is a model that this list does not know. */
export function cpuLevelOf(model: string, features: readonly string[]): CpuLevel | null {
  const has = (wanted: readonly string[]) => wanted.length > 0 && wanted.every((feature) => features.includes(feature));
  return LEVELS.find((each) => each.models.test(model) || has(each.features))?.level ?? null;
}
