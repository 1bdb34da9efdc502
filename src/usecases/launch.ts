/** From an order to a VM that is ready: each act written down with its undo before it is done. */
import { mkdirSync } from "node:fs";
import { asHutchError } from "../core/errors.ts";
import { macOf } from "../core/mac.ts";
import { type MachineRecord, NO_UPKEEP, RECORD_SCHEMA } from "../core/machine/record.ts";
import type { LaunchPlan, LaunchRequest, LaunchResult } from "../core/requests.ts";
import { domainXml } from "../host/domain-xml.ts";
import { defineDomain } from "../host/domains.ts";
import { ensureNetwork, networkOf } from "../host/networks.ts";
import { ensurePool, type Pool, poolAt } from "../host/pool.ts";
import { updateRecord } from "../host/records.ts";
import { reserveAddress } from "../host/reservations.ts";
import { type HostKeyPair, makeHostKey } from "../host/ssh/keys.ts";
import { rememberHost } from "../host/ssh/known-hosts.ts";
import { createEmptyDisk, createOverlay, createSeed } from "../host/volumes.ts";
import { type Operation, type OpScope, startOperation } from "../ops/operation.ts";
import { replayInterrupted } from "../ops/replay.ts";
import { bakedEngine, bakeOffer } from "./baked-image.ts";
import { newPassword } from "./console-password.ts";
import { type Context, timestamp } from "./context.ts";
import { domainInputOf } from "./domain-input.ts";
import { sweepEphemeral } from "./each-machine.ts";
import { finishFirstBoot, markMade, markMaking } from "./first-boot.ts";
import { firstStart } from "./first-start.ts";
import { leadPublished } from "./forwarder.ts";
import { ownedByUuid } from "./guest.ts";
import { refreshNames } from "./host-names.ts";
import { assertHolds } from "./image-advice.ts";
import { ensureImage } from "./image-store.ts";
import { installByHand, planByHand } from "./install-by-hand.ts";
import { assertMountable, mountAll } from "./mount.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { nameOf, type Prepared, prepare, readyTimeout, volumesOf } from "./prepare.ts";
import { becomeReady } from "./ready.ts";
import { seedBytes, seedDocuments } from "./seed.ts";
import { undoOf } from "./undo-actions.ts";

/** Said once, at the first launch in a session. */
const SESSION_LIMITS = [
  "This is your own session's libvirt: no root needed, but its VMs are reached through ports on 127.0.0.1 only, not from the LAN nor from one another.",
  "They end when you log out (unless: loginctl enable-linger) and do not start with the host. For more, join the group libvirt and use --connect qemu:///system.",
] as const;

/** Makes a VM and follows it to ready. A failure before it runs takes everything back; after that it is kept, and said so. */
export function launch(ctx: Context, request: LaunchRequest): Operation<LaunchResult> {
  if (request.iso !== undefined) return installByHand(ctx, { ...request, iso: request.iso });
  const name = nameOf(ctx, request);
  const env = operationEnvironment(ctx);
  return startOperation(env, { kind: "launch", title: `Launch ${name}`, subject: name }, async (op) => {
    await sweepEphemeral(ctx, op);
    const prepared = await op.step("check", "Check the order", async (step) => {
      for (const { title, undone } of await replayInterrupted(env, name))
        step.note(`Cleaned up after an interrupted "${title}": ${undone.join(", ")}.`);
      assertMountable(request);
      const found = await prepare(ctx, request, name);
      if (found.accel.kind === "tcg") step.note(found.accel.why, "warn");
      for (const note of found.imageNotes) step.note(note);
      for (const warning of found.warnings) step.note(warning, "warn");
      if (found.isFirst && ctx.home.mode === "session") for (const limit of SESSION_LIMITS) step.note(limit, "warn");
      return found;
    });
    const birth = await claim(ctx, op, prepared);
    if (request.keepOnFailure === true) op.keepOnFailure();
    const login = request.consolePassword === true ? newPassword() : null;
    await fill(ctx, op, request, prepared, birth, login?.hash);
    const result = await unlessCancelled(ctx, op, prepared.uuid, () =>
      request.start === false ? leaveStopped(ctx, prepared) : follow(ctx, op, request, prepared),
    );
    return login === null ? result : { ...result, consolePassword: login.password };
  });
}

/** What is made is nobody's to take back. A cancel in the last moment still does: it says first that the VM is unmade. */
async function unlessCancelled<T>(ctx: Context, op: OpScope, uuid: string, work: () => Promise<T>): Promise<T> {
  try {
    const value = await work();
    op.signal.throwIfAborted();
    return value;
  } catch (error) {
    if (op.signal.aborted) await markMaking(ctx, uuid, op.id);
    throw error;
  }
}

/** The whole order and what would be defined; changes nothing. */
export async function plan(ctx: Context, request: LaunchRequest): Promise<LaunchPlan> {
  if (request.iso !== undefined) return planByHand(ctx, { ...request, iso: request.iso });
  const prepared = await prepare(ctx, request, nameOf(ctx, request), { planning: true });
  const pool = await poolAt(ctx.client, ctx.home, ctx.paths);
  const record = newRecord(ctx, prepared, pool, "");
  const hostKey: HostKeyPair = { privateKey: "(made at launch)", publicKey: "(made at launch)" };
  return {
    spec: prepared.spec,
    xml: domainXml(domainInputOf(ctx, prepared, record, pool)),
    seed: seedDocuments(prepared.uuid, record, { hostKey, userData: request.userData }),
    steps: [
      "check",
      "pool",
      "claim",
      "image",
      "disk",
      "seed",
      "network",
      ...(request.start === false ? [] : ["start", "running", "address", "ssh", "cloud-init"]),
      ...(prepared.spec.engine ? ["engine"] : []),
    ],
    notes: [...prepared.imageNotes, ...prepared.warnings],
  };
}

type Birth = { readonly pool: Pool; readonly record: MachineRecord; readonly hostKey: HostKeyPair };

/** Defines the domain first, marked as being made: that is the lock on its name. */
export async function claim(ctx: Context, op: OpScope, prepared: Prepared): Promise<Birth> {
  const pool = await op.step("pool", "Open the pool", () => ensurePool(ctx.client, ctx.home, ctx.paths));
  return op.step("claim", "Claim the name", async (step) => {
    const { uuid, spec } = prepared;
    const making = { uuid, name: spec.name, op: op.id };
    const hostKey = await makeHostKey(spec.name, step.signal);
    const record = { ...newRecord(ctx, prepared, pool, op.id), hostKey: hostKey.publicKey };
    // libvirt opens the console's log before it makes the folder for it.
    if (ctx.home.mode === "session") mkdirSync(ctx.paths.sessionLogs, { recursive: true });
    await step.undo(undoOf.domain(making));
    await defineDomain(ctx.client, domainXml(domainInputOf(ctx, prepared, record, pool)), step.signal);
    await step.undo(undoOf.knownHost(making));
    await rememberHost(ctx.paths, uuid, hostKey.publicKey);
    return { pool, record, hostKey };
  });
}

/** Gives the claimed domain its disks, its seed and its address. */
export async function fill(
  ctx: Context,
  op: OpScope,
  request: LaunchRequest,
  prepared: Prepared,
  { pool, record, hostKey }: Birth,
  passwordHash?: string,
): Promise<void> {
  const { uuid, spec } = prepared;
  const making = { uuid, name: spec.name, op: op.id };
  const names = volumesOf(uuid, prepared);
  const base = await op.step("image", `Get ${spec.image}`, (step) =>
    ensureImage(
      ctx,
      pool,
      prepared.source,
      { arch: spec.arch, buildIfUnreachable: request.buildIfUnreachable ?? false, mirror: request.mirror },
      step,
    ),
  );
  await op.step("disk", "Make the disk", async (step) => {
    assertHolds(spec, base);
    await step.undo(undoOf.volume(making, pool.name, names.root));
    await createOverlay(ctx.client, pool, { base, name: names.root, bytes: spec.diskBytes });
    for (const [index, name] of names.data.entries()) {
      await step.undo(undoOf.volume(making, pool.name, name));
      await createEmptyDisk(ctx.client, pool, { name, bytes: spec.dataDiskBytes[index] ?? 0 });
    }
  });
  await op.step("seed", "Write the seed", async (step) => {
    await step.undo(undoOf.volume(making, pool.name, names.seed));
    await createSeed(ctx.client, pool, {
      name: names.seed,
      bytes: seedBytes(uuid, record, {
        hostKey,
        userData: request.userData,
        ...(passwordHash === undefined ? {} : { passwordHash }),
      }),
    });
  });
  await op.step("network", "Prepare the network", async (step) => {
    await ensureNetwork(ctx.client, spec.network, ctx.home);
    const network = networkOf(spec.network, ctx.home);
    if (network !== null) await step.undo(undoOf.address(making, network, record.mac));
    const wanted = wantedAddress(record);
    // Kept by the first start, unless it is needed before.
    const isKeptLater = request.start !== false && wanted === undefined && spec.publish.length === 0;
    const address =
      network !== null && !isKeptLater
        ? await reserveAddress(ctx.client, network, { mac: record.mac, name: spec.name, wanted })
        : staticAddress(record);
    const image = {
      name: base.name,
      digest: `sha256:${base.sha256}`,
      volume: base.volume,
      trust: base.trust,
      ...bakedEngine(base),
    };
    await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({ ...before, image, address }));
    if (spec.autostart) await ctx.client.call("domain.setAutostart", { uuid, autostart: true });
    await leadPublished(ctx, uuid, step);
    await refreshNames(ctx, step);
  });
}

async function follow(
  ctx: Context,
  op: OpScope,
  request: LaunchRequest,
  { uuid, accel, warnings: ofImage }: Prepared,
): Promise<LaunchResult> {
  await op.step("start", "Start", (step) => firstStart(ctx, uuid, step));
  op.keepOnFailure();
  const until = request.waitFor ?? "ready";
  try {
    const { stages, warnings } = await becomeReady(ctx, op, uuid, {
      until,
      timeoutMs: readyTimeout(request, accel.kind),
    });
    await finishFirstBoot(ctx, op, uuid);
    const left = await mountAll(ctx, op, uuid, request.mounts ?? []);
    const machine = await ownedByUuid(ctx, uuid);
    const bake = await bakeOffer(ctx, machine);
    return {
      machine,
      stages,
      ...(bake === null ? {} : { bake }),
      warnings: [...(accel.kind === "tcg" ? [accel.why] : []), ...ofImage, ...warnings, ...left],
    };
  } catch (error) {
    // It runs, and is the user's from now on, whatever became of its readiness; a cancel takes it back.
    if (!op.signal.aborted) await markMade(ctx, uuid);
    throw asHutchError(error);
  }
}

async function leaveStopped(ctx: Context, { uuid, warnings }: Prepared): Promise<LaunchResult> {
  await markMade(ctx, uuid);
  return { machine: await ownedByUuid(ctx, uuid), stages: [], warnings };
}

function newRecord(ctx: Context, { uuid, spec, accel, forwards }: Prepared, pool: Pool, op: string): MachineRecord {
  const names = volumesOf(uuid, { spec });
  return {
    ...NO_UPKEEP,
    schema: RECORD_SCHEMA,
    revision: 0,
    state: "making",
    op,
    createdAt: timestamp(ctx),
    spec,
    image: null,
    pool: pool.name,
    volumes: [names.root, ...names.data, names.seed],
    seedVolume: names.seed,
    mac: macOf(uuid),
    address: null,
    forwards,
    hostKey: null,
    cloudInit: null,
    engine: null,
    accel: accel.kind,
    trash: null,
    pending: [],
  };
}

function staticAddress({ spec: { network } }: MachineRecord): string | null {
  return network.kind === "bridge" ? (network.address?.split("/")[0] ?? null) : null;
}

function wantedAddress({ spec: { network } }: MachineRecord): string | undefined {
  return network.kind === "network" ? network.address : undefined;
}
