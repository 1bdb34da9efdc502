import { describe, expect, it } from "vitest";
import { sizesIn, withSizes } from "../../../src/host/domain-sizes.ts";
import { domainXml } from "../../../src/host/domain-xml.ts";
import { INPUTS } from "./samples.ts";

const xml = (name: string) => domainXml(INPUTS[name] ?? expect.fail());

describe("sizes of a definition", () => {
  it("are read", () => {
    expect(sizesIn(xml("system-kvm"))).toEqual({
      cpus: 2,
      mostCpus: 8,
      memoryMiB: 2048,
      bootMemoryMiB: 2048,
      mostMemoryMiB: 16_384,
    });
    expect(sizesIn(xml("test"))).toMatchObject({ cpus: 2, mostCpus: 2, mostMemoryMiB: null });
  });

  it.each(["system-kvm", "system-tcg", "test", "aarch64"])("are changed in %s, and nothing else is", (name) => {
    const changed = withSizes(xml(name), { cpus: 4, memoryMiB: 4096 });
    expect(sizesIn(changed)).toMatchObject({ cpus: 4, memoryMiB: 4096, bootMemoryMiB: 4096 });
    const back = withSizes(changed, { cpus: 2, memoryMiB: 2048 });
    expect(sizesIn(back)).toMatchObject({ cpus: 2, memoryMiB: 2048 });
    const rest = (text: string) => text.replace(/<(memory|currentMemory|vcpu|cell|maxMemory)\b[^>]*>[^<]*/g, "");
    expect(rest(back)).toBe(rest(withSizes(xml(name), { cpus: 2, memoryMiB: 2048 })));
  });

  it("make room where there is too little", () => {
    const changed = withSizes(xml("system-kvm"), { cpus: 16, memoryMiB: 32_768 });
    expect(sizesIn(changed)).toMatchObject({ cpus: 16, mostCpus: 16, memoryMiB: 32_768 });
    expect(sizesIn(changed).mostMemoryMiB).toBeGreaterThan(32_768);
    expect(changed).toContain('cpus="0-15"');
  });
});
