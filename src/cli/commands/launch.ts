/** `launch` and `create`: from flags to orders, and what came of them. */
import { HutchError, isHutchError } from "../../core/errors.ts";
import { formatForward } from "../../core/forward-syntax.ts";
import type { LaunchRequest, LaunchResult } from "../../core/requests.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { Hutch } from "../../index.ts";
import { bakeAsOffered } from "../bake-offer.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { faultText } from "../faults.ts";
import { count, option, toggle } from "../flags.ts";
import { LAUNCH_FLAGS, type LaunchFlags, launchRequest, sizesAsUnderstood } from "../launch-request.ts";
import { followAll } from "../progress/follow.ts";
import { NO_PAINT } from "../render/paint.ts";
import { planDocument } from "../render/plan.ts";
import { table } from "../render/table.ts";
import { isBuildable, offerBuild } from "../unreachable-image.ts";

const HOW_MANY = {
  count: option("--count <number>", "make that many, named NAME-1, NAME-2, …", count),
  dryRun: toggle("--dry-run", "show the whole plan and make nothing"),
};

const OPERANDS = [
  {
    syntax: "[image]",
    text: "a name of the catalogue (hutch image find), of the store, or a file; debian-13 unless said",
    of: "image",
  },
] as const;
const JSON_SHAPE = [
  "machine: MachineView; stages: StageTime[]; warnings: string[]",
  "machines: LaunchResult[] // with --count",
  "plans: LaunchPlan[] // with --dry-run",
].join("\n");

export const launch: Command = defineCommand({
  operands: OPERANDS,
  flags: { ...LAUNCH_FLAGS, ...HOW_MANY },
  json: JSON_SHAPE,
  examples: [
    "hutch launch --name web --engine docker",
    "hutch launch debian-12 --cpus 4 --memory 8G --disk 40G",
    "hutch launch --name lan --network bridge=br0,ip=192.168.1.20/24,gw=192.168.1.1",
    "hutch launch --name web --cloud-init user-data.yaml -p 8080:80 --dry-run",
    "hutch launch --name desk --iso ./debian-netinst.iso --memory 4G",
  ],
  notes:
    "At a terminal, and without any word of its own, it asks. Sizes: 4, 4G, 4GiB or 4096M; a bare number is GiB. A name is made up when none is given.",
  run: async (cli, flags, { operands }) => {
    if (operands.length === 0 && isNothing(flags) && cli.interactive && !cli.globals.yes) return asked(cli);
    await make(cli, operands[0], flags, true);
    return 0;
  },
});

export const create: Command = defineCommand({
  operands: OPERANDS,
  flags: { ...LAUNCH_FLAGS, ...HOW_MANY },
  json: JSON_SHAPE,
  examples: ["hutch create --name web --cpus 4", "hutch start web"],
  notes: "Takes the flags of launch; those about being ready come to nothing here.",
  run: async (cli, flags, { operands }) => {
    await make(cli, operands[0], flags, false);
  },
});

/** Whether no flag of its own was given. */
function isNothing(flags: object): boolean {
  return Object.values(flags).every((value) => value === undefined || value === false || value.length === 0);
}

/** The answers are words of a command line, and are read as such. */
async function asked(cli: Cli): Promise<number> {
  const { askForLaunch } = await import("../launch-questions.ts");
  const { parseWords } = await import("../parse.ts");
  const words = parseWords(
    { words: ["launch"], aliases: [], summary: "" },
    launch,
    await askForLaunch(cli),
    new Map(),
    80,
  );
  if ("help" in words) throw new Error("The answers of a launch were taken for a question about help.");
  return (await launch.run(cli, words)) ?? 0;
}

type MakeFlags = LaunchFlags & { readonly count: number | undefined; readonly dryRun: boolean };

async function make(cli: Cli, image: string | undefined, flags: MakeFlags, start: boolean): Promise<void> {
  const order = await launchRequest(cli, image, flags);
  const requests = copies(
    { ...order, ...(start ? {} : { start }), buildIfUnreachable: cli.globals.yes },
    flags.count ?? 1,
  );
  cli.say(`Understood: ${sizesAsUnderstood(order)}.`);
  const hutch = await cli.hutch({ readonly: flags.dryRun });
  if (flags.dryRun) {
    const plans = [];
    for (const request of requests) plans.push(await hutch.plan(request));
    for (const note of new Set(plans.flatMap(({ notes }) => notes))) cli.say(note);
    return cli.print(planDocument(plans));
  }

  const settled = await launchAll(cli, hutch, requests);
  const results = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (results.length > 0)
    await report(cli, results, { many: flags.count !== undefined, byHand: order.iso !== undefined });
  await bakeAsOffered(cli, hutch, results);
  const faults = settled.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (faults.length > 0)
    throw results.length === 0 && faults.length === 1 ? faults[0] : severalFaults(cli, faults, requests.length);
}

/** One order as it is; of several each has its own name, or gets one made up. */
function copies(order: LaunchRequest, many: number): readonly LaunchRequest[] {
  if (many === 1) return [order];
  if (order.publish !== undefined) {
    throw new HutchError({
      code: "E_USAGE",
      message: "--publish and --count do not go together: a port of this host leads to one VM.",
      next: ["Launch them one by one, each with ports of its own."],
    });
  }
  const { name, ...rest } = order;
  return Array.from({ length: many }, (_, index) =>
    name === undefined ? rest : { ...rest, name: `${name}-${index + 1}` },
  );
}

/** Where the image's host cannot be reached but the image can be built here, asks and tries again. */
async function launchAll(cli: Cli, hutch: Hutch, requests: readonly LaunchRequest[]) {
  const settled = await followAll(
    cli,
    requests.map((request) => hutch.launch(request)),
  );
  const faults = settled.flatMap((each) =>
    each.status === "rejected" && isBuildable(each.reason) ? [each.reason] : [],
  );
  const [first] = faults;
  if (first === undefined || faults.length < settled.length || !(await offerBuild(cli, first))) return settled;
  return followAll(
    cli,
    requests.map((request) => hutch.launch({ ...request, buildIfUnreachable: true })),
  );
}

async function report(
  cli: Cli,
  results: readonly LaunchResult[],
  { many, byHand }: { readonly many: boolean; readonly byHand: boolean },
): Promise<void> {
  const [first] = results;
  await cli.print({
    data: many ? { machines: results } : { ...first },
    text: () =>
      `${table(
        ["NAME", "STATE", "ADDRESS", "NEXT"],
        results.map(({ machine: { name, status, address } }) => [
          name,
          status.power,
          address ?? "",
          `hutch ${status.power !== "running" ? "start" : byHand ? "display" : "shell"} ${name}`,
        ]),
      )}${results.map(consoleLogin).join("")}`,
    names: results.map(({ machine }) => machine.name),
  });
  for (const { machine, warnings } of results) {
    for (const warning of warnings) cli.warn(warning);
    if (machine.record?.spec.display === true) cli.say(`Screen: hutch display ${shellWord(machine.name)}`);
    if (byHand) cli.say(`Once it is installed: hutch set ${shellWord(machine.name)} iso=off`);
    for (const forward of machine.record?.spec.publish ?? []) cli.say(`Published: ${formatForward(forward)}`);
  }
}

/** Part of the answer, not of the talk: --quiet must not lose what is shown only once. */
function consoleLogin({ machine, consolePassword }: LaunchResult): string {
  if (consolePassword === undefined) return "";
  return `Console login of ${machine.name}: ${machine.record?.spec.user}, ${consolePassword} (shown this once)\n`;
}

function severalFaults(cli: Cli, faults: readonly unknown[], of: number): HutchError {
  const known = faults.filter(isHutchError);
  for (const error of known) {
    cli.say(
      faultText(error, {
        format: "table",
        paint: NO_PAINT,
        verbose: cli.globals.verbose,
        exitCode: error.exitCode,
      }).trimEnd(),
    );
  }
  const [first] = known;
  return new HutchError({
    code: first !== undefined && faults.length === of ? first.code : "E_PARTIAL",
    message: `${faults.length} of ${of} VMs could not be made.`,
    why: known.map(({ message }) => message).join(" "),
    left: known.flatMap(({ left }) => left),
  });
}
