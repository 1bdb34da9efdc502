/** The figures that need no guest: ratios measured side by side. Yardsticks and reaches are DESIGN's table. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { connect } from "#ffi";
import { startSystemLane } from "../support/lane.ts";
import { interleaved, process } from "./measure.ts";

export type FigureResult = {
  readonly yardstick: string;
  readonly value: number;
  readonly reach: number;
  readonly unit?: string;
  readonly detail: string;
};
export type Figure = { readonly what: string; run(): Promise<readonly FigureResult[]> };

const ROOT = join(import.meta.dirname, "../..");
export const HUTCH = [globalThis.process.execPath, join(ROOT, "dist/hutch.js")];
export const NODE = [globalThis.process.execPath, "-e", "0"];
export const ROUNDS = 15;

const ms = (value: number) => `${value.toFixed(0)} ms`;

export const figures: readonly Figure[] = [
  {
    what: "hutch --help",
    run: async () => {
      const { help, node } = await interleaved({ help: process([...HUTCH, "--help"]), node: process(NODE) }, ROUNDS);
      return [{ yardstick: "node -e 0", value: help / node, reach: 1.7, detail: `${ms(help)} against ${ms(node)}` }];
    },
  },
  {
    what: "hutch image find, offline",
    run: async () => {
      const { find, help } = await interleaved(
        {
          find: process([...HUTCH, "image", "find", "--connect", "test:///default"]),
          help: process([...HUTCH, "--help"]),
        },
        ROUNDS,
      );
      return [
        {
          yardstick: "hutch --help, beyond it",
          value: find - help,
          reach: 100,
          unit: " ms",
          detail: `${ms(find)} against ${ms(help)}`,
        },
      ];
    },
  },
  {
    what: "hutch list, cold",
    run: async () => {
      await using lane = await startSystemLane();
      const { list, virsh, node } = await interleaved(
        {
          list: process([...HUTCH, "list", "--connect", lane.uri]),
          virsh: process(["virsh", "-c", lane.uri, "list", "--all"]),
          node: process(NODE),
        },
        ROUNDS,
      );
      return [
        { yardstick: "virsh list --all", value: list / virsh, reach: 4, detail: `${ms(list)} against ${ms(virsh)}` },
        { yardstick: "node -e 0", value: list / node, reach: 3, detail: `${ms(list)} against ${ms(node)}` },
      ];
    },
  },
  {
    what: "hutch list, 1,000 domains",
    run: async () => {
      await using lane = await startSystemLane();
      const client = await connect({ uri: lane.uri });
      for (let index = 0; index < 1_000; index++)
        await client.call("domain.define", { xml: emptyDomain(`t-bench-${index}`, 64), validate: false });
      await client.close();
      const { list, virsh } = await interleaved(
        {
          list: process([...HUTCH, "list", "--connect", lane.uri]),
          virsh: process(["virsh", "-c", lane.uri, "list", "--all", "--title"]),
        },
        5,
      );
      return [
        {
          yardstick: "virsh list --all --title",
          value: list / virsh,
          reach: 1.3,
          detail: `${ms(list)} against ${ms(virsh)}`,
        },
      ];
    },
  },
  {
    what: "stats of 50 paused guests",
    run: async () => {
      await using lane = await startSystemLane();
      const client = await connect({ uri: lane.uri });
      for (let index = 0; index < 50; index++) {
        const { uuid } = await client.call("domain.define", {
          xml: emptyDomain(`t-bench-${index}`, 16),
          validate: false,
        });
        await client.call("domain.start", { uuid, flags: 1 });
      }
      const sample = async () => {
        const { domains } = await client.call("stats.sample", { groups: 0, active: true });
        if (domains.length !== 50) throw new Error(`${domains.length} of 50 domains were sampled`);
      };
      const { ours, virsh } = await interleaved(
        { ours: sample, virsh: process(["virsh", "-c", lane.uri, "domstats"]) },
        ROUNDS,
      );
      await client.close();
      return [
        {
          yardstick: "virsh domstats, whole process",
          value: ours / virsh,
          reach: 1,
          detail: `${ms(ours)} against ${ms(virsh)}`,
        },
      ];
    },
  },
  {
    what: "overlay for a new VM",
    run: async () => {
      await using lane = await startSystemLane();
      const { overlayFigures } = await import("./overlay.ts");
      return await overlayFigures(lane.uri, lane.root);
    },
  },
  {
    what: "image pull, hashed while streaming",
    run: async () => {
      const { pullFigures } = await import("./pull.ts");
      return await pullFigures();
    },
  },
];

/** A domain without disks or network: what is measured is the listing, not the guest. */
function emptyDomain(name: string, memoryMiB: number): string {
  const machine = execFileSync("uname", ["-m"], { encoding: "utf8" }).trim() === "aarch64" ? "virt" : "q35";
  const arch = machine === "virt" ? "aarch64" : "x86_64";
  return [
    '<domain type="qemu">',
    `<name>${name}</name><uuid>${randomUUID()}</uuid><memory unit="MiB">${memoryMiB}</memory><vcpu>1</vcpu>`,
    `<os><type arch="${arch}" machine="${machine}">hvm</type></os>`,
    '<devices><controller type="usb" model="none"/></devices>',
    "</domain>",
  ].join("");
}
