import { describe, expect, it } from "vitest";
import { readDomain } from "../../../src/host/domain-read.ts";
import { type DomainInput, domainXml } from "../../../src/host/domain-xml.ts";
import { decodeRecord } from "../../../src/host/records.ts";
import { INPUTS, MAC, UUID } from "./samples.ts";

/** The card that QEMU gets by its own arguments is read last; of the samples it is alone. */
function cardsOf({ cards = [] }: DomainInput): readonly string[] {
  return [MAC, ...cards.map(({ mac }) => mac)];
}

describe("the definition of a VM", () => {
  for (const [name, input] of Object.entries(INPUTS)) {
    it(`is as reviewed: ${name}`, async () => {
      await expect(`${domainXml(input)}\n`).toMatchFileSnapshot(`../../golden/domain/${name}.xml`);
    });

    it(`reads back what was meant: ${name}`, () => {
      const xml = domainXml(input);
      const facts = readDomain(xml);
      expect(facts).toMatchObject({
        name: input.name,
        uuid: UUID,
        type: input.type === "tcg" ? "qemu" : input.type,
        arch: input.arch,
        firmware: input.firmware,
        memoryBytes: 2048 * 1024 ** 2,
        vcpus: 2,
        consoleLog: input.consoleLog,
        hasAgent: true,
      });
      expect(facts.disks.map(({ source }) => source)).toEqual(
        [input.disks.root, input.disks.seed, ...input.disks.data, input.cdrom ?? null].filter((path) => path !== null),
      );
      expect(facts.interfaces.map(({ mac }) => mac)).toEqual(cardsOf(input));
      const { network } = input;
      const forwards = input.type !== "test" && "forwards" in network ? network.forwards : [];
      expect(facts.forwards).toEqual(forwards);
      expect(decodeRecord(/<hutch:vm[\s\S]*<\/hutch:vm>/.exec(xml)?.[0] ?? "")).toEqual(input.record);
    });
  }

  it("keeps ports free for devices that come later", () => {
    const ports = domainXml(INPUTS["system-kvm"] ?? expect.fail()).match(/pcie-root-port/g) ?? [];
    // Two disks, a card, the console channel, balloon and random numbers.
    expect(ports).toHaveLength(6 + 6);
  });
});
