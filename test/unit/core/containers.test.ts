import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEngineReport } from "../../../cloud-init/index.ts";
import { readContainers } from "../../../src/core/container-report.ts";
import { isUnlimited } from "../../../src/core/containers.ts";

/** What a Docker 26 of Debian's answered in a guest. */
const DOCKER_26 = readFileSync(join(import.meta.dirname, "../../fixtures/containers/docker-26.txt"), "utf8");
const MIB = 1024 ** 2;
const ID = "ab".repeat(32);

const read = (stdout: string) => readContainers(stdout, parseEngineReport(stdout).facts);
const reported = (stdout: string) => {
  const answer = read(stdout);
  if (answer.engine !== "docker") throw new Error(`there is ${answer.engine}`);
  return answer.report;
};
/** One container, some of its fields changed. */
const container = (changed: Readonly<Record<string, unknown>>) => {
  const fields = { id: ID, name: "/db", image: "postgres:17", state: "running", exitCode: 0, health: null };
  const limits = { nanoCpus: 0, quota: 0, period: 0, cpuset: "", memory: 0 };
  return `@hutch fact engine=docker\n@hutch fact total=1\n@hutch container ${JSON.stringify({ ...fields, ...limits, ...changed })}\n`;
};
const use = (cpu: string, memory: string) =>
  `@hutch use ${JSON.stringify({ ID, CPUPerc: cpu, MemUsage: `${memory} / 966.7MiB` })}\n`;

describe("what a guest tells of its containers", () => {
  it("is read from what Docker really answers", () => {
    const { engine, docker, total, containers } = reported(DOCKER_26);
    expect([engine, docker, total]).toEqual(["docker", ["docker"], 5]);
    expect(containers.map(({ id: _, image: __, ...rest }) => rest)).toEqual([
      {
        name: "db",
        state: "running",
        health: "healthy",
        exitCode: null,
        use: { cpuPercent: 2.78, memoryBytes: 620 * 1024 },
        limits: { cpus: 0.5, memoryBytes: 64 * MIB },
      },
      {
        name: "gone",
        state: "exited",
        health: null,
        exitCode: 3,
        use: null,
        limits: { cpus: null, memoryBytes: null },
      },
      {
        name: "idle",
        state: "created",
        health: null,
        exitCode: null,
        use: null,
        limits: { cpus: null, memoryBytes: null },
      },
      {
        name: "quota",
        state: "paused",
        health: null,
        exitCode: null,
        use: { cpuPercent: 0, memoryBytes: 396 * 1024 },
        limits: { cpus: 0.25, memoryBytes: null },
      },
      {
        name: "web",
        state: "running",
        health: null,
        exitCode: null,
        use: { cpuPercent: 2.18, memoryBytes: 616 * 1024 },
        limits: { cpus: null, memoryBytes: null },
      },
    ]);
    expect(containers.filter(isUnlimited).map(({ name }) => name)).toEqual(["gone", "idle", "quota", "web"]);
  });

  it.each([
    [{ nanoCpus: 1.5e9 }, 1.5],
    [{ quota: 50_000 }, 0.5],
    [{ quota: 50_000, period: 25_000 }, 2],
    [{ quota: -1 }, null],
    [{ cpuset: "0-2,5" }, 4],
    [{ cpuset: "0", nanoCpus: 5e8 }, 0.5],
    [{ cpuset: "all" }, null],
    [{ nanoCpus: "2" }, null],
  ])("limits its CPUs by %j: %s", (fields, cpus) => {
    expect(reported(container(fields)).containers[0]?.limits.cpus).toBe(cpus);
  });

  it.each([
    ["100.5%", "1.5GiB", { cpuPercent: 100.5, memoryBytes: 1.5 * 1024 ** 3 }],
    ["0.00%", "0B", { cpuPercent: 0, memoryBytes: 0 }],
    ["--", "--", null],
    ["-5%", "1MiB", null],
    ["1%", "1 miles", null],
  ])("uses %s of a CPU and %s", (cpu, memory, expected) => {
    expect(reported(container({}) + use(cpu, memory)).containers[0]?.use).toEqual(expected);
  });

  it("tells a guest without an engine from one whose engine does not answer", () => {
    expect(read("@hutch fact engine=none\n")).toEqual({ engine: "none" });
    expect(read("@hutch fact engine=silent\n@hutch fact why=Cannot connect\n")).toEqual({
      engine: "silent",
      why: "Cannot connect",
    });
    expect(read("")).toEqual({ engine: "silent", why: "" });
    expect(reported("@hutch fact engine=docker\n@hutch fact by=sudo\n@hutch fact total=0\n")).toEqual({
      engine: "docker",
      docker: ["sudo", "-n", "docker"],
      containers: [],
      total: 0,
    });
  });

  it.each([
    [{ id: "short" }],
    [{ id: null }],
    [{ state: "flying" }],
    [{ name: "" }],
    [{ name: ["db"] }],
    [{ name: "--help" }],
    [{ name: "a b" }],
  ])("leaves out what is not as it should be, and counts it: %j", (fields) => {
    const { containers, total } = reported(container(fields));
    expect([containers, total]).toEqual([[], 1]);
  });

  it("cuts off what is too long, and too many", () => {
    const image = `${"x".repeat(5000)}\u001b[31m\u202e`;
    expect(reported(container({ image })).containers[0]?.image).toBe("x".repeat(200));
    const many = Array.from({ length: 300 }, () => container({})).join("");
    expect(reported(many).containers).toHaveLength(200);
  });

  it("is nothing that breaks hutch, whatever it is", () => {
    const words = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("container", "use", "fact"), words)), (lines) => {
        const stdout = lines.map(([kind, text]) => `@hutch ${kind} ${text}\n`).join("");
        for (const { name, image } of reported(`${container({})}${stdout}`).containers)
          expect(name + image).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});
