import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HutchError, isHutchError } from "../../../src/core/errors.ts";
import type { OpEvent } from "../../../src/core/op/event.ts";
import { type OpEnvironment, type Operation, type OpScope, startOperation } from "../../../src/ops/operation.ts";
import { findInterrupted, replayInterrupted } from "../../../src/ops/replay.ts";

let directory: string;
let world: Set<string>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hutch-ops-"));
  world = new Set();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function environment(over: Partial<OpEnvironment> = {}): OpEnvironment {
  let ids = 0;
  return {
    journalDirectory: directory,
    host: "test:///default",
    tryLock: () => ({ [Symbol.dispose]: () => undefined }),
    undo: {
      "thing.remove": async ({ name = "" }) => {
        world.delete(name);
      },
      "thing.stuck": async () => {
        throw new Error("it will not go");
      },
    },
    now: () => 1_000,
    newId: () => `op-${++ids}`,
    settled: async () => undefined,
    ...over,
  };
}

const about = { kind: "launch", title: "Launch web", subject: "web" };
const removal = (name: string, action = "thing.remove") => ({
  action,
  args: { name },
  what: `the ${name}`,
  command: `hutch rm ${name}`,
});

/** Makes three things, one a step. */
async function makeThree(op: OpScope): Promise<string> {
  for (const name of ["domain", "disk", "seed"]) {
    await op.step(name, `Make the ${name}`, async (step) => {
      await step.undo(removal(name));
      world.add(name);
    });
  }
  return "made";
}

async function eventsOf(operation: Operation<unknown>): Promise<OpEvent[]> {
  const events: OpEvent[] = [];
  for await (const event of operation) events.push(event);
  return events;
}

async function failureOf(operation: Operation<unknown>): Promise<HutchError> {
  const error: unknown = await operation.result.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isHutchError(error)) throw new Error(`not a failure of ours: ${String(error)}`);
  return error;
}

describe("an operation that goes well", () => {
  it("tells its steps in order to every reader, and leaves no journal", async () => {
    const operation = startOperation(environment(), about, makeThree);
    const [first, second] = await Promise.all([eventsOf(operation), eventsOf(operation)]);
    expect(await operation.result).toBe("made");
    expect(first.map((event) => event.k)).toEqual([
      "op.begin",
      "step.begin",
      "step.end",
      "step.begin",
      "step.end",
      "step.begin",
      "step.end",
      "op.end",
    ]);
    expect(second).toEqual(first);
    expect(await eventsOf(operation)).toEqual(first);
    expect(readdirSync(directory)).toEqual([]);
    expect([...world]).toEqual(["domain", "disk", "seed"]);
  });

  it("thins progress but keeps its end", async () => {
    let at = 0;
    const operation = startOperation(environment({ now: () => ++at }), about, (op) =>
      op.step("image", "Fetch", async (step) => {
        for (let done = 1; done <= 1_000; done++) step.progress(done, 1_000, "bytes");
      }),
    );
    const progress = (await eventsOf(operation)).filter((event) => event.k === "step.progress");
    expect(progress.length).toBeLessThan(20);
    expect(progress.at(-1)).toMatchObject({ done: 1_000 });
  });
});

describe("an operation that fails", () => {
  const moments = ["domain", "disk", "seed"].flatMap((step) =>
    (["before", "undo", "after"] as const).map((phase) => ({ step, phase })),
  );

  it.each(moments)("puts the world back when it fails at $step ($phase)", async (moment) => {
    const probe: OpEnvironment["probe"] = (at) => {
      if (at.step === moment.step && at.phase === moment.phase)
        throw new HutchError({ code: "E_HYPERVISOR", message: "no" });
    };
    const operation = startOperation(environment({ probe }), about, makeThree);
    expect(await failureOf(operation)).toMatchObject({ code: "E_HYPERVISOR", left: [] });
    expect([...world]).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("undoes last in, first out", async () => {
    const operation = startOperation(environment(), about, async (op) => {
      await makeThree(op);
      throw new Error("boom");
    });
    const undone = (await eventsOf(operation)).flatMap((event) => (event.k === "undo.begin" ? [event.title] : []));
    expect(undone).toEqual(["the seed", "the disk", "the domain"]);
    expect(await failureOf(operation)).toMatchObject({ code: "E_BUG" });
  });

  it("names what it cannot take back, undoes the rest, and keeps the journal", async () => {
    const operation = startOperation(environment(), about, async (op) => {
      await op.step("disk", "Make", async (step) => {
        await step.undo(removal("disk"));
        world.add("disk");
        await step.undo(removal("rock", "thing.stuck"));
      });
      throw new HutchError({ code: "E_GUEST", message: "no" });
    });
    expect(await failureOf(operation)).toMatchObject({
      code: "E_GUEST",
      left: [{ what: "the rock", command: "hutch rm rock" }],
    });
    expect([...world]).toEqual([]);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it("keeps what was made once it may be kept", async () => {
    const operation = startOperation(environment(), about, async (op) => {
      await makeThree(op);
      op.keepOnFailure();
      throw new HutchError({ code: "E_TIMEOUT", message: "too slow" });
    });
    expect(await failureOf(operation)).toMatchObject({ code: "E_TIMEOUT", left: [] });
    expect([...world]).toEqual(["domain", "disk", "seed"]);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("cancelling", () => {
  const hang = (op: OpScope) =>
    new Promise<never>((_, reject) =>
      op.signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true }),
    );

  it("undoes everything, kept or not, and says that it was cancelled", async () => {
    const operation = startOperation(environment(), about, async (op) => {
      await makeThree(op);
      op.keepOnFailure();
      return hang(op);
    });
    setTimeout(() => operation.cancel(), 5);
    expect(await failureOf(operation)).toMatchObject({ code: "E_CANCELLED", left: [] });
    expect([...world]).toEqual([]);
  });

  it("is told by what was cancelled, not by the call that was in flight", async () => {
    const operation = startOperation(environment(), about, (op) =>
      hang(op).catch(() => {
        throw new HutchError({ code: "E_CANCELLED", message: "It was cancelled.", why: "The call was given up." });
      }),
    );
    setTimeout(() => operation.cancel(), 5);
    const fault = await failureOf(operation);
    expect([fault.message, fault.why]).toEqual([`${about.title} was cancelled.`, undefined]);
  });

  it("waits for a call in flight before it undoes", async () => {
    const order: string[] = [];
    const settled = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push("settled");
    };
    const undo = { "thing.remove": async () => void order.push("undone") };
    const operation = startOperation(environment({ settled, undo }), about, async (op) => {
      await op.step("start", "Start", (step) => step.undo(removal("domain")));
      return hang(op);
    });
    setTimeout(() => operation.cancel(), 5);
    await failureOf(operation);
    expect(order).toEqual(["settled", "undone"]);
  });

  it("stops undoing when it is abandoned, and names what is left", async () => {
    const undo = { "thing.remove": () => new Promise<void>(() => undefined) };
    const operation = startOperation(environment({ undo }), about, async (op) => {
      await makeThree(op);
      return hang(op);
    });
    setTimeout(() => operation.cancel(), 5);
    setTimeout(() => operation.abandon(), 20);
    const fault = await failureOf(operation);
    expect(fault.left.map(({ what }) => what)).toEqual(["the seed", "the disk", "the domain"]);
    expect(fault.left[0]?.command).toBe("hutch rm seed");
  });
});

describe("an operation whose process died", () => {
  const begin = {
    k: "begin",
    id: "op-9",
    host: "test:///default",
    kind: "launch",
    title: "Launch web",
    subject: "web",
    at: 1,
  };
  const lines = [
    begin,
    { k: "undo", n: 0, entry: removal("domain") },
    { k: "undo", n: 1, entry: removal("disk") },
    { k: "undone", n: 1 },
    { k: "undo", n: 2, entry: removal("seed") },
  ];
  const journal = () => join(directory, "op-9.ndjson");
  const write = (more = "") =>
    writeFileSync(journal(), lines.map((line) => `${JSON.stringify(line)}\n`).join("") + more);

  beforeEach(() => {
    write();
    for (const thing of ["domain", "seed"]) world.add(thing);
  });

  it("is found without changing anything", () => {
    const [found] = findInterrupted(environment());
    expect(found?.left.map(({ what }) => what)).toEqual(["the seed", "the domain"]);
    expect([...world]).toEqual(["domain", "seed"]);
  });

  it("is cleaned up by the next command, half a last line or not", async () => {
    write('{"k":"undo","n":3,"ent');
    const [done] = await replayInterrupted(environment(), "web");
    expect(done).toMatchObject({ op: "op-9", undone: ["the seed", "the domain"], left: [] });
    expect([...world]).toEqual([]);
    expect(existsSync(journal())).toBe(false);
  });

  it("is left alone while it lives, on another host, and for another name", async () => {
    expect(await replayInterrupted(environment({ tryLock: () => null }))).toEqual([]);
    expect(await replayInterrupted(environment({ host: "qemu:///system" }))).toEqual([]);
    expect(await replayInterrupted(environment(), "db")).toEqual([]);
    expect(existsSync(journal())).toBe(true);
  });

  it("keeps what cannot be undone for the next try", async () => {
    const failing = {
      "thing.remove": async ({ name }: Readonly<Record<string, string>>) => {
        if (name === "domain") throw new Error("no");
      },
    };
    expect(await replayInterrupted(environment({ undo: failing }))).toMatchObject([
      { undone: ["the seed"], left: [{ what: "the domain" }] },
    ]);
    expect(await replayInterrupted(environment())).toMatchObject([{ undone: ["the domain"], left: [] }]);
  });
});
