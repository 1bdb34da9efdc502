/** Makes a network: nothing clashes with what is there, it runs and starts with the host, or nothing is made. */
import { existsSync } from "node:fs";
import { HutchError } from "../core/errors.ts";
import type { NetworkInfo, NetworkRequest } from "../core/surroundings.ts";
import { addressesIn, readNetwork } from "../host/network-read.ts";
import { assertNetwork, assertNetworksHere, find } from "../host/networks.ts";
import { type Cidr, formatCidr, freeCidr, hostRoutes, overlap, parseCidr, type Taken } from "../host/subnets.ts";
import { el, render, type XmlElement } from "../host/xml-emit.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { undoOf } from "./undo-actions.ts";

/** What a network can be called, in libvirt and in `--network network=NAME`. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
/** Linux names its devices with 15 bytes at most. */
const DEVICE = /^[A-Za-z][A-Za-z0-9._-]{0,14}$/;

/** E_USAGE for what cannot be, E_CONFLICT for a name, bridge or subnet that is taken, E_NOT_FOUND for a bridge that is not there, E_HOST where there are no networks. */
export function createNetwork(ctx: Context, request: NetworkRequest): Operation<NetworkInfo> {
  const { name } = request;
  const about = { kind: "network.create", title: `Make the network ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const uuid = ctx.newId();
    const xml = await op.step("check", "Check the order", () => checked(ctx, request, uuid));
    await op.step("define", `Define ${name}`, async (step) => {
      await step.undo(undoOf.network(uuid, name));
      await ctx.client.call("network.define", { xml }, { signal: step.signal });
    });
    await op.step("start", `Start ${name}`, async (step) => {
      await ctx.client.call("network.start", { name }, { signal: step.signal });
      await ctx.client.call("network.setAutostart", { name, autostart: true });
    });
    const { cidrs: _, ...facts } = readNetwork(await find(ctx.client, name));
    return { ...facts, usedBy: [] };
  });
}

/** The definition of what was ordered. */
async function checked(ctx: Context, request: NetworkRequest, uuid: string): Promise<string> {
  const { name, mode, subnet, bridge } = request;
  assertNetworksHere(ctx.home);
  if (!NAME.test(name)) {
    throw refused(`"${name}" cannot be the name of a network.`, [
      "Letters, digits, dots, hyphens and underscores, at most 63",
    ]);
  }
  if (bridge !== undefined && !DEVICE.test(bridge))
    throw refused(`--bridge ${bridge}: Linux has no such names for its devices (at most 15 characters).`, [
      "Write it like --bridge virbr-lab",
    ]);
  const others = (await ctx.client.call("network.list", {})).map(readNetwork);
  if (others.some((other) => other.name === name))
    throw taken(`There is a network ${name} already.`, [`hutch network info ${name}`]);
  if (mode === "bridge") {
    if (bridge === undefined)
      throw refused("A network of mode bridge stands on one that is there.", [
        `hutch network create ${name} --mode bridge --bridge br0`,
      ]);
    if (subnet !== undefined)
      throw refused("--subnet is not for mode bridge: the addresses come from the LAN.", ["Leave --subnet out."]);
    await assertNetwork(ctx.client, { kind: "bridge", bridge }, ctx.home);
    return networkXml(uuid, request, null);
  }
  const owner = bridge === undefined ? undefined : others.find((other) => other.bridge === bridge);
  if (owner !== undefined)
    throw taken(`The bridge ${bridge} belongs to the network ${owner.name}.`, [
      "Choose another one: --bridge virbr-lab",
    ]);
  if (bridge !== undefined && !ctx.home.remote && existsSync(`/sys/class/net/${bridge}`))
    throw taken(`This host has a device ${bridge} already.`, [
      "Choose another one: --bridge virbr-lab",
      `hutch network create ${name} --mode bridge --bridge ${bridge}`,
    ]);
  return networkXml(uuid, request, subnetFor(ctx, others, subnet));
}

/** Routes last: a network that runs has one too, and its name says more. Other hosts' routes cannot be looked at from here. */
function subnetFor(ctx: Context, others: readonly ReturnType<typeof readNetwork>[], subnet: string | undefined): Cidr {
  const known: readonly Taken[] = [
    ...others.flatMap(({ name, cidrs }) => cidrs.map((cidr): Taken => ({ cidr, by: `the network ${name}` }))),
    ...(ctx.home.remote || ctx.home.driver === "test" ? [] : hostRoutes()),
  ];
  const free = freeCidr(known);
  if (subnet === undefined) {
    if (free !== null) return free;
    throw taken("Every subnet that hutch would choose is taken.", ["Choose one yourself: --subnet 172.20.0.0/24"]);
  }
  const wanted = parseCidr(subnet);
  const clash = known.find(({ cidr }) => overlap(cidr, wanted));
  if (clash === undefined) return wanted;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `--subnet ${formatCidr(wanted)} overlaps ${formatCidr(clash.cidr)}, which is ${clash.by}.`,
    why: "Packets for one of them would go to the other.",
    next: free === null ? ["Choose another one."] : [`This one is free: --subnet ${formatCidr(free)}`],
  });
}

function networkXml(uuid: string, { name, mode, bridge }: NetworkRequest, cidr: Cidr | null): string {
  return render(
    el(
      "network",
      {},
      el("name", {}, name),
      el("uuid", {}, uuid),
      mode === "isolated" ? null : el("forward", { mode: mode === "routed" ? "route" : mode }),
      bridgeOf(mode, bridge),
      cidr === null ? null : ipOf(cidr),
    ),
  );
}

/** libvirt names a bridge that nobody named. */
function bridgeOf(mode: NetworkRequest["mode"], bridge: string | undefined): XmlElement | null {
  if (mode === "bridge") return el("bridge", { name: bridge });
  return el("bridge", { name: bridge, stp: "on", delay: 0 });
}

function ipOf(cidr: Cidr): XmlElement {
  const { host, first, last } = addressesIn(cidr);
  return el("ip", { address: host, prefix: cidr.prefix }, el("dhcp", {}, el("range", { start: first, end: last })));
}

function refused(message: string, next: readonly string[]): HutchError {
  return new HutchError({ code: "E_USAGE", message, next });
}

function taken(message: string, next: readonly string[]): HutchError {
  return new HutchError({ code: "E_CONFLICT", message, next });
}
