/** What happens inside a throw-away VM: it gets its recipe, and then loses all that it could be told by. */
import { guestScript } from "#cloud-init";
import { asHutchError, HutchError } from "../core/errors.ts";
import { forceOff } from "../host/domains.ts";
import { closeMaster } from "../host/ssh/command.ts";
import type { OpScope } from "../ops/operation.ts";
import type { BakeOrder } from "./bake-order.ts";
import type { Context } from "./context.ts";
import { ownedByUuid, reachTarget } from "./guest.ts";
import { runInGuest } from "./guest-script.ts";
import { becomeReady } from "./ready.ts";

/** From a VM that was started to one that is off, clean, and whose disk is an image. */
export type GuestVisit = (
  ctx: Context,
  op: OpScope,
  uuid: string,
  order: BakeOrder,
  timeoutMs: number,
) => Promise<void>;

/** Fails with E_GUEST or E_TIMEOUT when the guest does not get ready, or cannot be cleaned. Cancellable. */
export const bakeInGuest: GuestVisit = async (ctx, op, uuid, order, timeoutMs) => {
  const { warnings } = await becomeReady(ctx, op, uuid, { until: "ready", timeoutMs }).catch((error: unknown) => {
    throw ofThrowAway(error, order);
  });
  const machine = await ownedByUuid(ctx, uuid);
  const target = await reachTarget(ctx, machine);
  try {
    if (order.packages.length > 0) {
      await op.step("packages", `Install ${order.packages.join(", ")}`, (step) =>
        runInGuest(
          ctx,
          target,
          {
            script: guestScript("install-packages.sh"),
            environment: { HUTCH_PACKAGES: order.packages.join(" ") },
            failure: `The packages ${order.packages.join(", ")} could not be installed`,
            next: [],
          },
          step,
          step.signal,
        ),
      );
    }
    await op.step("clean", "Take its identity away", async (step) => {
      for (const warning of warnings) step.note(warning, "warn");
      const { facts } = await runInGuest(
        ctx,
        target,
        {
          script: guestScript("bake-clean.sh"),
          environment: { HUTCH_USER: machine.record.spec.user },
          failure: "The VM could not be cleaned",
          next: [],
        },
        step,
        step.signal,
      );
      if (facts["cleaned"] !== "yes")
        throw new HutchError({ code: "E_GUEST", message: "The VM did not say that it is clean." });
      // Its disk is read-only since then: there is nothing that a shutdown would have to write.
      await forceOff(ctx.client, uuid, step.signal);
    });
  } finally {
    await closeMaster(ctx.paths, target);
  }
};

/** The VM that failed is gone when this is read: what to type next is about the image. */
function ofThrowAway(error: unknown, { base, engine }: BakeOrder): unknown {
  const fault = asHutchError(error);
  if (fault.code !== "E_GUEST" && fault.code !== "E_TIMEOUT") return error;
  const { why: _, ...about } = fault.toData();
  const seen = fault.code === "E_TIMEOUT" || fault.why === undefined ? {} : { why: fault.why };
  const withEngine = engine === null ? "" : ` --engine ${engine}`;
  const next = [`hutch launch ${base}${withEngine} --cloud-init FILE: a VM that is kept, to look into`];
  return new HutchError({ ...about, ...seen, next }, error);
}
