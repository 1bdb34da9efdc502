import { once } from "node:events";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MountRow } from "../../src/core/enter.ts";
import type { LaunchResult, MachineInfo, PowerResult } from "../../src/core/requests.ts";
import { guestImage } from "../support/guest-image.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { HUTCH, type Lane, type Running, startSessionLane } from "../support/lane.ts";

const NAME = "t-home";
const PUBLISHED = 20_080;
const BOOT_MS = 900_000;

let lane: Lane;
let hutch: HutchCli;
let image: string;

const info = async () => (await hutch.json<{ machine: MachineInfo }>(["info", NAME])).machine;
const power = async (...args: string[]) => (await hutch.json<{ results: PowerResult[] }>(args)).results;
const sshPort = (machine: Pick<MachineInfo, "record">) =>
  machine.record?.forwards.find(({ guestPort }) => guestPort === 22)?.hostPort ?? 0;

/** Another program of this user that listens on a port. */
async function occupy(port: number) {
  const script = `require("node:net").createServer().listen(${port}, "127.0.0.1", () => console.log("there"))`;
  const running = lane.spawn([process.execPath, "-e", script], { stdin: "" });
  await once(running.child.stdout, "data");
  return async () => {
    running.kill("SIGKILL");
    await running.done;
  };
}

beforeAll(async () => {
  lane = await startSessionLane();
  hutch = hutchIn(lane);
  image = join(lane.root, "image.qcow2");
  await copyFile(await guestImage("debian-13"), image);
});
afterAll(async () => lane?.stop());

describe("without root", () => {
  let launched: LaunchResult;
  let site: string;
  /** The hutch that serves it. */
  let held: Running;
  let said = "";
  const untilSaid = async (words: string) => {
    while (!said.includes(words)) {
      if (held.child.exitCode !== null || held.child.signalCode !== null) throw new Error(said);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const page = async () => (await hutch.run(["exec", NAME, "--", "cat", "/srv/site/page"])).stdout;

  it("a VM is launched through every stage; what was not clean in its user-data is told", {
    timeout: BOOT_MS,
  }, async () => {
    const userData = join(lane.root, "user-data.yaml");
    // The schema wants true or false: cloud-init goes on, and ends degraded.
    await writeFile(userData, "#cloud-config\nntp:\n  enabled: maybe\n", { mode: 0o644 });
    site = join(lane.env["HOME"] ?? "", "sh are");
    await lane.exec(["sh", "-c", 'mkdir "$1" && echo from the host >"$1/page"', "sh", site]);
    const mount = ["--mount", `${site}:/srv/site:ro`];
    const words = ["--name", NAME, "--memory", "1G", "-p", `${PUBLISHED}:80`, "--cloud-init", userData, ...mount];
    const { code, stdout, stderr } = await hutch.run(["launch", image, ...words, "-o", "json"]);
    expect(code, stderr).toBe(0);
    launched = JSON.parse(stdout) as LaunchResult;
    // What a session cannot do is said at the first launch, with the way out.
    expect(stderr).toMatch(/not from the LAN.*log out.*qemu:\/\/\/system/s);
    expect(launched.stages.map(({ stage }) => stage)).toEqual(["running", "address", "ssh", "cloud-init", "ready"]);
    expect(launched.machine.record).toMatchObject({
      state: "made",
      cloudInit: { state: "degraded", errors: [expect.stringContaining("schema")] },
    });
    expect(launched.warnings.join("\n")).toMatch(/finished, but not cleanly: .*schema/);
    // By sshfs the folder comes when a hutch holds it; the line to type is told.
    expect(launched.warnings).toContainEqual(
      expect.stringContaining(`hutch mount --by sshfs --read-only '${site}' ${NAME}:/srv/site`),
    );
  });

  it("nothing in the home of VMs runs as root", async () => {
    const { stdout } = await lane.exec(["ps", "-eo", "user:20,args"]);
    const libvirts = stdout.split("\n").filter((line) => /libvirtd|virtlogd|qemu-system/.test(line));
    expect(libvirts).toHaveLength(3);
    expect(libvirts.filter((line) => !line.startsWith("hutch-test "))).toEqual([]);
  });

  it("the guest is entered through a forwarded port, as the caller", async () => {
    expect((await hutch.run(["exec", NAME, "--", "id", "-un"])).stdout.trim()).toBe("hutch-test");
    const { ssh, record } = await info();
    expect(record?.forwards[0]).toMatchObject({ hostAddress: "127.0.0.1", guestPort: 22 });
    expect(sshPort({ record })).toBeLessThan(32_768);
    expect((await lane.exec([...(ssh?.split(" ") ?? []), "hostname"])).stdout.trim()).toBe(NAME);
  });

  it("a published port leads into the guest", async () => {
    const serve = "sudo systemd-run -q --unit t-serve sh -c 'cd /etc && python3 -m http.server 80'";
    await hutch.run(["exec", NAME, "--", "sh", "-c", serve]);
    const fetched = `
      for (;;) {
        try {
          console.log(await (await fetch("http://127.0.0.1:${PUBLISHED}/hostname")).text());
          break;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }`;
    const { stdout } = await lane.exec([process.execPath, "--input-type=module", "-e", fetched]);
    expect(stdout.trim()).toBe(NAME);
  });

  it("a port is led in while it runs, and closed again", async () => {
    const answer = () =>
      lane.exec([
        process.execPath,
        "--input-type=module",
        "-e",
        `console.log((await (await fetch("http://127.0.0.1:${PUBLISHED + 1}/hostname")).text()).trim())`,
      ]);
    await hutch.json(["port", "add", NAME, `${PUBLISHED + 1}:80`]);
    expect((await answer()).stdout.trim()).toBe(NAME);
    expect(await hutch.refused(["port", "add", NAME, `${PUBLISHED}:81`])).toMatchObject({
      code: 5,
      fault: { why: expect.stringContaining(NAME) },
    });
    await hutch.json(["port", "rm", NAME, `${PUBLISHED + 1}`]);
    expect((await answer()).code).not.toBe(0);
  });

  it("plain ssh finds it by name, and still does after its port has moved; files come and go", async () => {
    expect((await hutch.run(["ssh-config", "--install"])).code).toBe(0);
    expect((await lane.exec(["ssh", NAME, "hostname"])).stdout.trim()).toBe(NAME);
    const { stdout } = await hutch.run(["cp", `${NAME}:/etc/hostname`, "-"]);
    expect(stdout.trim()).toBe(NAME);
  });

  it("a folder can come by sshfs only, and that is said before anything is done", async () => {
    const refused = await hutch.refused(["mount", "--by", "virtiofs", ".", `${NAME}:/srv/x`]);
    expect(refused).toMatchObject({
      code: 5,
      fault: { message: expect.stringMatching(/session mode from 10\.0 on only/) },
    });
  });

  it("the folder of its launch is read in the guest while a hutch holds it", { timeout: BOOT_MS }, async () => {
    expect((await hutch.json<{ mounts: MountRow[] }>(["mount"])).mounts).toMatchObject([{ by: "sshfs", held: false }]);
    held = lane.spawn([...HUTCH, "mount", "--by", "sshfs", "--read-only", site, `${NAME}:/srv/site`], {
      timeoutMs: 4 * BOOT_MS,
    });
    held.child.stderr.on("data", (text) => {
      said += text;
    });
    await untilSaid(`Mounted at ${NAME}:/srv/site`);
    expect(await page()).toBe("from the host\n");
    const write = await hutch.run(["exec", NAME, "--", "sudo", "touch", "/srv/site/x"]);
    expect([write.code, write.stderr]).toEqual([1, expect.stringContaining("Read-only")]);
    expect((await hutch.json<{ mounts: MountRow[] }>(["mount"])).mounts).toMatchObject([{ held: true }]);
    const second = ["mount", "--by", "sshfs", site, `${NAME}:/srv/site`];
    expect(await hutch.refused(second)).toMatchObject({
      code: 5,
      fault: { message: expect.stringContaining("holds") },
    });
  });

  it("a port that a VM publishes is refused to another one, while it runs and while it is stopped", {
    timeout: BOOT_MS,
  }, async () => {
    const words = ["create", image, "--name", "t-other", "-p", `${PUBLISHED}:80`];
    const taken = {
      code: "E_CONFLICT",
      why: expect.stringContaining(NAME),
      next: [expect.stringContaining("--publish")],
    };
    expect(await hutch.refused(words)).toMatchObject({ code: 5, fault: taken });
    await power("stop", NAME);
    expect(await hutch.refused(words)).toMatchObject({ code: 5, fault: taken });
  });

  it("start refuses while another program has the published port, and says which", async () => {
    const free = await occupy(PUBLISHED);
    const { code, fault } = await hutch.refused(["start", NAME]);
    await free();
    expect({ code, fault }).toMatchObject({
      code: 5,
      fault: {
        code: "E_CONFLICT",
        message: expect.stringContaining(`${PUBLISHED}`),
        next: [expect.stringContaining("ss -ltnp"), expect.stringContaining("hutch start")],
      },
    });
    expect((await info()).status.power).toBe("stopped");
  });

  it("start moves ssh elsewhere while another program has its port, and says so", { timeout: BOOT_MS }, async () => {
    const before = sshPort(await info());
    const free = await occupy(before);
    const [started] = await power("start", NAME);
    const after = sshPort(await info());
    expect(after).not.toBe(before);
    expect(started?.warnings).toEqual([expect.stringContaining(`127.0.0.1:${after}`)]);
    await hutch.json(["wait", NAME, "--for", "ssh"]);
    await free();
    expect((await hutch.run(["exec", NAME, "--", "hostname"])).stdout.trim()).toBe(NAME);
    expect((await lane.exec(["ssh", NAME, "hostname"])).stdout.trim()).toBe(NAME);
  });

  it("the folder is in the guest again after the VM was off, and no longer once its hutch ends", {
    timeout: BOOT_MS,
  }, async () => {
    await untilSaid(`Mounted at ${NAME}:/srv/site again`);
    expect(await page()).toBe("from the host\n");
    held.kill("SIGINT");
    expect((await held.done).code).toBe(0);
    expect(await page()).toBe("");
    expect((await info()).record?.mounts).toEqual([]);
  });

  it("the trash is left empty by delete --purge", async () => {
    await power("delete", NAME, "--purge", "--force", "--yes");
    const { stdout } = await hutch.run(["list", "--all", "-o", "name"]);
    expect(stdout).toBe("");
    const { stdout: pool } = await lane.exec(["ls", join(lane.env["XDG_DATA_HOME"] ?? "", "hutch/pool")]);
    expect(pool).not.toContain(NAME);
  });
});
