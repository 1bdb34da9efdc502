/** The figures of going into a VM, on a real guest in a system lane, against ssh and scp with the same options. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MachineInfo } from "../../src/core/requests.ts";
import { guestImage } from "../support/guest-image.ts";
import { hutchIn } from "../support/hutch-cli.ts";
import { type Lane, startSystemLane } from "../support/lane.ts";
import type { Figure } from "./figures.ts";
import { interleaved } from "./measure.ts";

const NAME = "t-bench";
const MIB = 1024 ** 2;
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

export const enterFigures: readonly Figure[] = [
  {
    what: "second exec NAME -- true",
    run: async () => {
      await using lane = await startSystemLane();
      const { ssh } = await guestIn(lane);
      const { hutch, plain } = await interleaved(
        {
          hutch: () => must(lane.hutch(["exec", NAME, "--", "true"])),
          plain: () => must(lane.exec([...ssh, "true"])),
        },
        9,
      );
      const detail = `${seconds(hutch)} against ${seconds(plain)}`;
      return [{ yardstick: "plain ssh, same options", value: hutch / plain, reach: 0.4, detail }];
    },
  },
  {
    what: "cp of 256 MiB",
    run: async () => {
      await using lane = await startSystemLane();
      const { ssh } = await guestIn(lane);
      const file = join(lane.root, "payload");
      await writeFile(file, Buffer.alloc(256 * MIB, "not all the same "));
      // The same options; scp has its own letters for port and user.
      const [, ...rest] = ssh;
      const place = rest.indexOf("-p");
      const [, port = "", , user = "", host = ""] = rest.slice(place);
      const scp = ["scp", "-q", ...rest.slice(0, place), "-P", port, file, `${user}@${host}:by-scp`];
      const { hutch, plain } = await interleaved(
        {
          hutch: () => must(lane.hutch(["cp", "--quiet", file, `${NAME}:by-hutch`], { timeoutMs: 600_000 })),
          plain: () => must(lane.exec(scp, { timeoutMs: 600_000 })),
        },
        3,
      );
      const detail = `${seconds(hutch)} against ${seconds(plain)}`;
      return [{ yardstick: "scp", value: hutch / plain, reach: 1.1, detail }];
    },
  },
];

/** A guest that runs, and the words of plain ssh to it. */
async function guestIn(lane: Lane): Promise<{ readonly ssh: readonly string[] }> {
  await must(lane.exec(["virsh", "net-start", "default"]));
  const hutch = hutchIn(lane);
  await hutch.launch([await guestImage("debian-13"), "--name", NAME, "--memory", "1G"]);
  const { machine } = await hutch.json<{ machine: MachineInfo }>(["info", NAME]);
  return { ssh: machine.ssh?.split(" ") ?? [] };
}

async function must(running: Promise<{ readonly code: number; readonly stderr: string }>): Promise<void> {
  const { code, stderr } = await running;
  if (code !== 0) throw new Error(`exit ${code}: ${stderr.slice(-1_000)}`);
}
