/** The figures that start real guests, in a system lane, against virt-install with a seed made by hand. */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { guestImage } from "../support/guest-image.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import type { Figure } from "./figures.ts";
import { interleaved, median } from "./measure.ts";

const PROXY = fileURLToPath(new URL("../support/caching-proxy.ts", import.meta.url));
const HUTCH = fileURLToPath(new URL("../../dist/hutch.js", import.meta.url));
/** The host on the network `default`, as guests see it. */
const BRIDGE_ADDRESS = "192.168.122.1";

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

export const guestFigures: readonly Figure[] = [
  {
    what: "command -> domain running",
    run: async () => {
      await using lane = await startSystemLane();
      const ground = await prepare(lane);
      const { hutch, virt } = await interleaved(
        {
          hutch: () => must(lane, [...ground.launch, "--name", "t-hutch", "--wait-for", "running"]),
          virt: () => must(lane, ground.virtInstall("t-virt")),
        },
        3,
        { clear: ground.remove },
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
      const { hutch, virt } = await interleaved(
        {
          hutch: () => must(lane, [...ground.launch, "--name", "t-hutch", "--wait-for", "cloud-init"]),
          virt: async () => {
            await must(lane, ground.virtInstall("t-virt"));
            await ground.cloudInitDone("t-virt");
          },
        },
        3,
        { clear: ground.remove },
      );
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
  {
    what: "launch -> engine ready, baked image",
    run: async () => {
      await using lane = await startSystemLane();
      const ground = await prepare(lane);
      await cachePackages(lane);
      // Under another name, for which nothing is baked; baking fills the cache of packages.
      expectOk(await lane.hutch(["image", "import", ground.image, "--name", "cold"]));
      expectOk(await lane.hutch(["image", "bake", "debian-13", "--engine", "docker"], { timeoutMs: 900_000 }));
      const launch = (image: string) => async () => {
        const words = ["launch", image, "--engine", "docker", "--name", "t-engine", "--quiet"];
        expectOk(await lane.hutch(words, { timeoutMs: 900_000 }));
      };
      const away = () => lane.hutch(["delete", "t-engine", "--purge", "--force", "--yes"]);
      const times: { readonly cold: number[]; readonly baked: number[] } = { cold: [], baked: [] };
      for (let round = 0; round < 2; round++) {
        times.cold.push(await timed(launch("cold")));
        expectOk(await away());
        times.baked.push(await timed(launch("debian-13")));
        expectOk(await away());
      }
      const [cold, baked] = [median(times.cold), median(times.baked)];
      return [
        {
          yardstick: "install at first boot",
          value: baked / cold,
          reach: 0.5,
          detail: `${seconds(baked)} against ${seconds(cold)}, packages from a cache in the lane`,
        },
      ];
    },
  },
];

/** From now on guests get their packages through a cache on the host's side of their network. */
async function cachePackages(lane: SystemLane): Promise<void> {
  const proxy = lane.spawn([process.execPath, PROXY, join(lane.root, "packages"), BRIDGE_ADDRESS], {
    timeoutMs: 3_600_000,
  });
  const [line] = await once(proxy.child.stdout, "data");
  const folder = join(lane.env["XDG_CONFIG_HOME"] ?? "", "hutch");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.yaml"), `engine:\n  proxy:\n    http: ${String(line).trim()}\n`);
}

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
    image,
    launch: [process.execPath, HUTCH, "launch", "debian-13", "--quiet"],
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
    /** Takes t-hutch or t-virt away, so that no guest runs on beside the next one. */
    remove: (which: "hutch" | "virt") =>
      which === "hutch"
        ? must(lane, [process.execPath, HUTCH, "delete", "t-hutch", "--purge", "--force", "--yes", "--quiet"])
        : must(lane, ["sh", "-c", "virsh destroy t-virt && virsh undefine t-virt --storage vda"]),
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
