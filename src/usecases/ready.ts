/** Readiness, told truthfully: running, address, ssh, cloud-init, engine, ready; each stage timed, none assumed. */
import { HutchError } from "../core/errors.ts";
import type { MachineRecord } from "../core/machine/record.ts";
import { isActive } from "../core/machine/status.ts";
import { READINESS, type Readiness, type StageTime } from "../core/requests.ts";
import { addressesOf } from "../host/addresses.ts";
import { answersAsSsh } from "../host/ssh/banner.ts";
import { tryToOpen } from "../host/ssh/connection.ts";
import type { OpScope, StepScope } from "../ops/operation.ts";
import { type BootWatch, watchBoot } from "./boot-watch.ts";
import { cloudInitVerdict } from "./cloud-init-verdict.ts";
import type { Context } from "./context.ts";
import { installEngineIn } from "./engine-install.ts";
import { engineStatus } from "./engine-status.ts";
import { noCard, ownedByUuid, sshTargetOf } from "./guest.ts";

export type ReadyRequest = { readonly until: Readiness; readonly timeoutMs: number };
export type ReadyResult = { readonly stages: readonly StageTime[]; readonly warnings: readonly string[] };

/** Time between two looks at something that is not there yet, in milliseconds. */
const LOOK_EVERY_MS = 250;

const TITLES: Readonly<Record<Exclude<Readiness, "ready" | "engine">, string>> = {
  running: "Run",
  address: "Wait for an address",
  ssh: "Wait for ssh",
  "cloud-init": "Wait for cloud-init",
};

/**
 * Follows a started VM up to `until`. Fails with E_TIMEOUT (after one last look), E_GUEST (it stopped or has no network card,
 * cloud-init or the engine failed); the VM is left as it is. Cancellable.
 */
export async function becomeReady(
  ctx: Context,
  op: OpScope,
  uuid: string,
  request: ReadyRequest,
): Promise<ReadyResult> {
  const began = ctx.now();
  const stages: StageTime[] = [];
  const warnings: string[] = [];
  const machine = await ownedByUuid(ctx, uuid);
  await using boot = watchBoot(ctx, machine);
  const wait = new Waiting(ctx, uuid, boot, AbortSignal.timeout(request.timeoutMs));

  for (const stage of stagesOf(ctx, machine.record, request.until)) {
    const limit = `${machine.name} did not get to "${stage}" within ${Math.round(request.timeoutMs / 1000)} s.`;
    await op.step(stage, stage === "engine" ? engineTitle(machine.record) : TITLES[stage], async (step) => {
      boot.tell(step);
      warnings.push(...(await WAITS[stage]({ ctx, uuid, step, wait, limit })));
    });
    stages.push({ stage, ms: ctx.now() - began });
  }
  if (request.until === "ready") stages.push({ stage: "ready", ms: ctx.now() - began });
  return { stages, warnings };
}

type Stage = Exclude<Readiness, "ready">;

/** On libvirt's test driver nothing runs behind a domain: readiness ends at `running`. */
function stagesOf(ctx: Context, record: MachineRecord, until: Readiness): readonly Stage[] {
  const last = ctx.home.driver === "test" ? 0 : READINESS.indexOf(until);
  return READINESS.slice(0, last + 1).filter(
    (stage): stage is Stage => stage !== "ready" && (stage !== "engine" || record.spec.engine !== null),
  );
}

type Wait = {
  readonly ctx: Context;
  readonly uuid: string;
  readonly step: StepScope;
  readonly wait: Waiting;
  readonly limit: string;
};

/** Each resolves, with warnings, once its stage holds. */
const WAITS: Readonly<Record<Stage, (wait: Wait) => Promise<readonly string[]>>> = {
  running: async ({ ctx, uuid, wait, step, limit }) => {
    await wait.until(step, limit, async () => isActive((await ownedByUuid(ctx, uuid)).status));
    return [];
  },

  address: async ({ ctx, uuid, wait, step, limit }) => {
    const { name, record } = await ownedByUuid(ctx, uuid);
    if (record.forwards.length > 0) {
      step.skip();
      return [];
    }
    if (record.mac === "") throw noCard(name);
    await wait.until(
      step,
      limit,
      async () =>
        (await addressesOf(ctx.client, uuid, [record.mac])).length > 0 ||
        (record.address !== null && (await answersAsSsh(record.address, 22, step.signal))),
    );
    return [];
  },

  ssh: async ({ ctx, uuid, wait, step, limit }) => {
    await wait.until(step, limit, async () => {
      const target = await sshTargetOf(ctx, await ownedByUuid(ctx, uuid));
      return target !== null && (await tryToOpen(ctx.paths, target, step)).state === "open";
    });
    return [];
  },

  "cloud-init": async ({ ctx, uuid, wait, step, limit }) =>
    wait.within(limit, cloudInitVerdict(ctx, await ownedByUuid(ctx, uuid), wait.limited(step.signal))),

  engine: async ({ ctx, uuid, wait, step, limit }) => {
    const { name, record } = await ownedByUuid(ctx, uuid);
    const look = () => wait.within(limit, engineStatus(ctx, name));
    if (record.engine === null || !(await look()).installed) {
      return wait.within(limit, installEngineIn(ctx, uuid, step, wait.limited(step.signal)));
    }
    // Installed by an earlier boot: it comes up by itself, after ssh does.
    await wait.until(step, limit, async () => (await look()).running);
    return [];
  },
};

function engineTitle({ spec, engine, image }: MachineRecord): string {
  const isThere = engine !== null || image?.engine === spec.engine;
  return `${isThere ? "Wait for" : "Install"} ${spec.engine}`;
}

/** One time limit over all stages, and what to say when it is reached. */
class Waiting {
  readonly #ctx: Context;
  readonly #uuid: string;
  readonly #boot: BootWatch;
  readonly #deadline: AbortSignal;

  constructor(ctx: Context, uuid: string, boot: BootWatch, deadline: AbortSignal) {
    this.#ctx = ctx;
    this.#uuid = uuid;
    this.#boot = boot;
    this.#deadline = deadline;
  }

  limited(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#deadline]);
  }

  /** Looks until `holds`; one more time after the limit, for it may have come true in between. */
  async until(step: StepScope, limit: string, holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) {
      step.signal.throwIfAborted();
      await this.#assertAlive();
      if (this.#deadline.aborted) throw this.#timeout(limit);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async within<T>(limit: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      await this.#assertAlive();
      throw this.#deadline.aborted ? this.#timeout(limit) : error;
    }
  }

  async #assertAlive(): Promise<void> {
    const machine = await ownedByUuid(this.#ctx, this.#uuid);
    if (isActive(machine.status)) return;
    throw new HutchError({
      code: "E_GUEST",
      message: `${machine.name} stopped while it was getting ready (${machine.status.reason || machine.status.power}).`,
      details: { console: this.#boot.lastLines() },
      next: [`hutch logs ${machine.name}`, `hutch start ${machine.name}`, `hutch delete ${machine.name}`],
    });
  }

  #timeout(limit: string): HutchError {
    const { name } = this.#boot;
    return new HutchError({
      code: "E_TIMEOUT",
      message: limit,
      why: "It is kept as it is and may still get there.",
      details: { console: this.#boot.lastLines() },
      next: [`hutch wait ${name} --for ready`, `hutch logs ${name} -f`, `hutch delete ${name}`],
    });
  }
}
