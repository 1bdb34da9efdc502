/** Baked images that would spare an installation, or are no longer of their base: the way to them told, or taken. */
import type { BakedOrigin, BakeOffer, BakeRequest } from "../core/bake.ts";
import { asHutchError } from "../core/errors.ts";
import type { ImageRow, LaunchResult } from "../core/requests.ts";
import type { Hutch } from "../index.ts";
import type { Cli } from "./cli.ts";
import { follow } from "./progress/follow.ts";

/** Says it; or bakes, where the config file says so. The VMs are made whatever becomes of that: only a cancel is passed on. */
export async function bakeAsOffered(cli: Cli, hutch: Hutch, results: readonly LaunchResult[]): Promise<void> {
  for (const { base, engine, auto } of differing(results.flatMap(({ bake }) => bake ?? []))) {
    if (!auto) {
      cli.say(`Next time ${engine} can be there from the start: hutch image bake ${base} --engine ${engine}`);
      continue;
    }
    cli.say(`Baking ${engine} into ${base}, as the config file says (bake: auto).`);
    const image = await bakeOrWarn(cli, hutch, { base, engine });
    if (image === null) continue;
    cli.say(`Baked ${image.name}; launch takes it by itself from now on.`);
    await renewBaked(cli, hutch, image.name);
  }
}

/** After a base came into the store: what was baked from an older one of its name, and what from that. Only a cancel is passed on. */
export async function renewBaked(cli: Cli, hutch: Hutch, base: string): Promise<void> {
  const images = await hutch.images.list();
  const old = images.filter(({ name, origin, stale }) => {
    const isRenewed = images.some((other) => other.name === name && !other.stale);
    return stale && !isRenewed && origin?.kind === "baked" && origin.base === base;
  });
  if (old.length === 0) return;
  const [bake] = await (await cli.terminal.library()).settings(cli.host, "bake");
  for (const name of new Set(old.map((image) => image.name))) {
    const origin = old.find((image) => image.name === name)?.origin;
    if (origin?.kind !== "baked") continue;
    // hutch keeps no user-data, which may hold secrets.
    if (bake?.value !== "auto" || origin.userData !== null) {
      cli.say(`${name} was baked from an older ${base}. To renew it: ${bakeCommand(name, origin)}`);
      continue;
    }
    cli.say(`Baking ${name} anew from ${base}, as the config file says (bake: auto).`);
    const { engine, packages } = origin;
    if ((await bakeOrWarn(cli, hutch, { base, engine, packages, name })) === null) continue;
    cli.say(`Baked ${name}.`);
    await renewBaked(cli, hutch, name);
  }
}

function bakeCommand(name: string, { base, engine, packages, userData }: BakedOrigin): string {
  return [
    `hutch image bake ${base}`,
    ...(engine === null ? [] : [`--engine ${engine}`]),
    ...(packages.length === 0 ? [] : [`--packages ${packages.join(",")}`]),
    ...(userData === null ? [] : ["--user-data FILE"]),
    `--name ${name}`,
  ].join(" ");
}

async function bakeOrWarn(cli: Cli, hutch: Hutch, request: BakeRequest): Promise<ImageRow | null> {
  try {
    return await follow(cli, hutch.images.bake(request));
  } catch (thrown) {
    const fault = asHutchError(thrown);
    if (fault.code === "E_CANCELLED") throw fault;
    cli.warn(`${request.base} was not baked: ${fault.message}`);
    return null;
  }
}

function differing(offers: readonly BakeOffer[]): readonly BakeOffer[] {
  return [...new Map(offers.map((offer) => [`${offer.base} ${offer.engine}`, offer])).values()];
}
