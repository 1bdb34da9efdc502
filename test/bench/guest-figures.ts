/** The figures that start real guests, in a system lane, against virt-install with a seed made by hand. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { guestImage } from "../support/guest-image.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import type { Figure } from "./figures.ts";
import { interleaved } from "./measure.ts";

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

export const guestFigures: readonly Figure[] = [
  {
    what: "command -> domain running",
    run: async () => {
      await using lane = await startSystemLane();
      const ground = await prepare(lane);
      let count = 0;
      const { hutch, virt } = await interleaved(
        {
          hutch: async () => must(lane, [...ground.launch, "--name", `t-hutch-${count}`, "--wait-for", "running"]),
          virt: async () => must(lane, ground.virtInstall(`t-virt-${count++}`)),
        },
        3,
      );
      return [
        {
          yardstick: "virt-install --import",
          value: hutch / virt,
          reach: 1.2,
          detail: `${seconds(hutch)} against ${seconds(virt)}`,
        },
      ];
    },
  },
  {
    what: "launch -> cloud-init done",
    run: async () => {
      await using lane = await startSystemLane();
      const ground = await prepare(lane);
      const virt = await timed(async () => {
        await must(lane, ground.virtInstall("t-virt"));
        await ground.cloudInitDone("t-virt");
      });
      await must(lane, ["virsh", "destroy", "t-virt"]);
      const hutch = await timed(() => must(lane, [...ground.launch, "--name", "t-hutch", "--wait-for", "cloud-init"]));
      return [
        {
          yardstick: "virt-install --import",
          value: hutch / virt,
          reach: 1.05,
          detail: `${seconds(hutch)} against ${seconds(virt)}`,
        },
      ];
    },
  },
];

/** Image in hutch's pool, network up, a seed and a key made by hand. */
async function prepare(lane: SystemLane) {
  const image = await guestImage("debian-13");
  const at = (name: string) => join(lane.root, name);
  await must(lane, ["virsh", "net-start", "default"]);
  expectOk(await lane.hutch(["image", "import", image, "--name", "debian-13"]));
  const { stdout } = await lane.exec(["sh", "-c", "ls /var/lib/libvirt/images/hutch/*.qcow2"]);
  const base = stdout.trim();
  await must(lane, ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at("key")]);
  const { stdout: key } = await lane.exec(["cat", at("key.pub")]);
  await writeFile(
    at("user-data"),
    `#cloud-config\nusers:\n  - name: bench\n    ssh_authorized_keys: ["${key.trim()}"]\n    sudo: ALL=(ALL) NOPASSWD:ALL\n    shell: /bin/bash\n`,
  );
  await writeFile(at("meta-data"), "instance-id: bench\nlocal-hostname: bench\n");
  await must(lane, [
    "xorriso",
    "-as",
    "mkisofs",
    "-quiet",
    "-o",
    at("seed.iso"),
    "-V",
    "cidata",
    "-J",
    "-R",
    at("user-data"),
    at("meta-data"),
  ]);

  const ssh = (address: string, command: string) =>
    lane.exec(
      [
        "ssh",
        "-i",
        at("key"),
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "ConnectTimeout=5",
        `bench@${address}`,
        command,
      ],
      { timeoutMs: 20_000 },
    );
  return {
    launch: [process.execPath, join(import.meta.dirname, "../../dist/hutch.js"), "launch", "debian-13", "--quiet"],
    virtInstall: (name: string) => [
      ...[
        "virt-install",
        "--import",
        "--name",
        name,
        "--memory",
        "2048",
        "--vcpus",
        "2",
        "--virt-type",
        "qemu",
        "--osinfo",
        "debian11",
      ],
      ...[
        "--disk",
        `path=/var/lib/libvirt/images/${name}.qcow2,size=20,backing_store=${base},backing_format=qcow2,bus=virtio`,
      ],
      ...[
        "--disk",
        `path=${at("seed.iso")},bus=virtio,readonly=on`,
        "--network",
        "network=default",
        "--graphics",
        "none",
        "--noautoconsole",
      ],
    ],
    cloudInitDone: async (name: string) => {
      for (;;) {
        const { stdout: leases } = await lane.exec(["virsh", "domifaddr", name]);
        const address = /(\d+\.\d+\.\d+\.\d+)\//.exec(leases)?.[1];
        if (address !== undefined && (await ssh(address, "test -e /run/cloud-init/result.json")).code === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function must(lane: SystemLane, argv: readonly string[]): Promise<void> {
  expectOk(await lane.exec(argv, { timeoutMs: 600_000 }));
}

function expectOk({ code, stderr }: { readonly code: number | null; readonly stderr: string }): void {
  if (code !== 0) throw new Error(`exit ${code}: ${stderr.slice(-1_000)}`);
}
