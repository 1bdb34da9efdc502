import { join } from "node:path";
import { expect, it } from "vitest";
import type { OpEvent } from "../../src/core/op/event.ts";
import type { Hutch } from "../../src/index.ts";
import { lookOf } from "../../src/tui/theme/look.ts";
import { fleetHost, NOW } from "./fleet.ts";
import { TestTerminal } from "./terminal.ts";

type LogOptions = Parameters<Hutch["logs"]>[1];

const GOLDEN = join(import.meta.dirname, "../golden/tui");
const JOB = "op-1";

/** A launch of `web-01` that waits for its cloud-init. */
const COMES_UP: readonly OpEvent[] = [
  { k: "op.begin", op: JOB, kind: "launch", title: "launch web-01", subject: "web-01", at: NOW - 42_000 },
  { k: "step.begin", op: JOB, step: "disk", title: "Make the disk", at: NOW - 42_000 },
  { k: "step.end", op: JOB, step: "disk", how: "done", at: NOW - 40_000 },
  { k: "step.begin", op: JOB, step: "ready", title: "Wait for cloud-init", at: NOW - 40_000 },
  { k: "step.note", op: JOB, step: "ready", level: "guest", text: "Started OpenSSH server", at: NOW - 1_000 },
];

it("shows the steps of a VM that comes up, and under them what its console says, until it is up", async () => {
  await using terminal = new TestTerminal({ columns: 120, rows: 35, look: lookOf("none", "dark", false) });
  await terminal.pass(3);
  const { send } = terminal.program.store;
  await terminal.type("/", "web-01", "\r");
  await terminal.rest();
  expect(terminal.screen()).toContain(" CPU ");
  expect(terminal.screen()).not.toContain("Booting Linux");

  send({ m: "job", id: JOB, title: "launch web-01", command: "hutch launch", now: NOW - 42_000 });
  for (const event of COMES_UP) send({ m: "job-event", id: JOB, event });
  await terminal.rest();
  await expect.poll(() => terminal.screen()).toContain("[  OK  ] Reached target Network.");
  await terminal.flush();
  expect(terminal.lines()).toEqual(terminal.meant());
  const detail = terminal.lines().map((text) => text.slice(80).trimEnd());
  await expect(`${detail.slice(2, -3).join("\n")}\n`).toMatchFileSnapshot(join(GOLDEN, "boot-120x35-plain.txt"));

  send({ m: "job-event", id: JOB, event: { k: "op.end", op: JOB, how: "done", at: NOW } });
  await expect.poll(() => terminal.screen()).not.toContain("Booting Linux");
  expect(terminal.screen()).toContain(" CPU ");
});

it("keeps to the last lines of the console where there is little room", async () => {
  await using terminal = new TestTerminal({ columns: 120, rows: 24, look: lookOf("none", "dark", false) });
  await terminal.pass(3);
  await terminal.type("/", "web-01", "\r");
  const { send } = terminal.program.store;
  send({ m: "job", id: JOB, title: "launch web-01", command: "hutch launch", now: NOW - 42_000 });
  for (const event of COMES_UP) send({ m: "job-event", id: JOB, event });
  await terminal.rest();
  const uuid = terminal.program.store.get().views.vms.cursor ?? "";
  const value = Array.from({ length: 300 }, (_, line) => `kernel line ${line}`);
  send({ m: "detail", uuid, what: { console: { how: "ready", value } } });
  await expect.poll(() => terminal.screen()).toContain("kernel line 299");
  expect(terminal.screen()).toContain("Wait for cloud-init");
  expect(terminal.screen()).not.toContain("kernel line 250");
});

it("shows a prompt under the lines of a console, and what becomes of it", async () => {
  const host = fleetHost();
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  Object.assign(host.hutch, {
    async *logs(_name: string, { onPrompt, signal }: LogOptions) {
      yield "Debian GNU/Linux 13 web-01 ttyS0";
      onPrompt?.("web-01 login: ");
      await answered;
      onPrompt?.("");
      yield "web-01 login: ada";
      await new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
    },
  });
  await using terminal = new TestTerminal({ columns: 80, rows: 24, look: lookOf("none", "dark", false), host });
  await terminal.pass(3);
  await terminal.type("/web-01\r", "\r", ":tab.console\r");
  await expect.poll(() => terminal.screen()).toMatch(/ttyS0[ │]*\n│ web-01 login: +│/);
  answer();
  await expect.poll(() => terminal.screen()).toMatch(/ttyS0[ │]*\n│ web-01 login: ada +│/);
});
