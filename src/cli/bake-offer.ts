/** After a launch had to install its engine: the way to have it there already the next time, or that way taken. */
import type { BakeOffer } from "../core/bake.ts";
import { asHutchError } from "../core/errors.ts";
import type { LaunchResult } from "../core/requests.ts";
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
    try {
      const image = await follow(cli, hutch.images.bake({ base, engine }));
      cli.say(`Baked ${image.name}; launch takes it by itself from now on.`);
    } catch (thrown) {
      const fault = asHutchError(thrown);
      if (fault.code === "E_CANCELLED") throw fault;
      cli.warn(`${base} was not baked: ${fault.message}`);
    }
  }
}

function differing(offers: readonly BakeOffer[]): readonly BakeOffer[] {
  return [...new Map(offers.map((offer) => [`${offer.base} ${offer.engine}`, offer])).values()];
}
