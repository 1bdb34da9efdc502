/** `image prune`: what nobody needs any more. */
import type { PrunePlan } from "../../core/image-store.ts";
import { formatSize, parseAge } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { confirm } from "../prompts.ts";
import { table } from "../render/table.ts";

export const imagePrune: Command = defineCommand({
  operands: [],
  flags: {
    olderThan: option("--older-than <age>", "how long ago they came into the store, as 30d or 12h (30d)", parseAge),
    all: toggle("--all", "of any age, and also those that were built, baked or imported"),
  },
  json: "pruned: PrunePlan; done: boolean",
  examples: ["hutch image prune", "hutch image prune --older-than 7d --yes", "hutch image prune --all"],
  notes:
    "Shows what would go, and asks; without a terminal it only shows, unless --yes is given. What is used always stays.",
  run: async (cli, { olderThan, all }) => {
    const hutch = await cli.hutch();
    const options = { all, ...(olderThan === undefined ? {} : { olderThanMs: olderThan }) };
    const plan = await hutch.images.prunePlan(options);
    if (plan.rows.length === 0) {
      await cli.print({ data: { pruned: plan, done: true }, text: () => "", names: [] });
      cli.say("There is nothing to prune.");
      return 0;
    }
    if (cli.interactive && !cli.globals.yes) cli.terminal.stderr.write(rows(plan, cli.terminal.stderr.columns ?? 80));
    const question = `Remove them, ${formatSize(plan.bytes)} in all?`;
    const agreed = cli.globals.yes || (cli.interactive && (await confirm(cli, question)));
    const pruned = agreed ? await follow(cli, hutch.images.prune(options)) : plan;
    await cli.print({
      data: { pruned, done: agreed },
      text: (columns) => (cli.interactive && !agreed ? "" : rows(pruned, columns)),
      names: pruned.rows.map(({ name }) => name),
    });
    if (agreed) cli.say(`${formatSize(pruned.bytes)} are free again.`);
    else cli.say(`Nothing was removed. With --yes ${formatSize(plan.bytes)} would be freed.`);
    return 0;
  },
});

function rows(plan: PrunePlan, columns: number): string {
  return table(
    ["NAME", "DIGEST", "SIZE", "WHY"],
    plan.rows.map(({ name, digest, bytes, why }) => [
      name,
      digest?.replace(/^sha256:/, "").slice(0, 12) ?? "",
      formatSize(bytes),
      why,
    ]),
    { columns },
  );
}
