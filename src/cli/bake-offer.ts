/** Baked images that would spare an installation, or are no longer of their base: the way to them told, or taken. */
import type { BakeOffer, BakeRequest } from "../core/bake.ts";
import { bakeRenewals } from "../core/bake-renewal.ts";
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
  const old = bakeRenewals(await hutch.images.list(), base);
  if (old.length === 0) return;
  const [bake] = await (await cli.terminal.library()).settings(cli.host, "bake");
  for (const { name, words, request } of old) {
    if (bake?.value !== "auto" || request === null) {
      cli.say(`${name} was baked from an older ${base}. To renew it: hutch ${words.join(" ")}`);
      continue;
    }
    cli.say(`Baking ${name} anew from ${base}, as the config file says (bake: auto).`);
    if ((await bakeOrWarn(cli, hutch, request)) === null) continue;
    cli.say(`Baked ${name}.`);
    await renewBaked(cli, hutch, name);
  }
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
