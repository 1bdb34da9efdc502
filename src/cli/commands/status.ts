/** Where nobody looks at a screen: a line a host of what there is, and where to go from here. */
import { asHutchError } from "../../core/errors.ts";
import { plural } from "../../core/plural.ts";
import type { Hutch } from "../../index.ts";
import type { Cli } from "../cli.ts";
import { type HostToOpen, hostsToOpen } from "../hosts-to-open.ts";
import { plain } from "../render/plain.ts";
import { pairs } from "../render/table.ts";
import { isTrashed } from "./list.ts";

export const STATUS_JSON =
  "uri: string; machines: number; running: number; trashed: number\nhosts: { name: string; uri: string; machines?: number; running?: number; trashed?: number; error?: string }[] // several hosts";

/** A host that has not answered after so many milliseconds is away. */
const MOST_MS = 5_000;

type Count = { readonly machines: number; readonly running: number; readonly trashed: number };
type HostStatus = { readonly name: string; readonly uri: string } & (Count | { readonly error: string });

/** Never fails: what is wrong is said. */
export async function status(cli: Cli): Promise<number> {
  try {
    const hosts = await hostsToOpen(cli.terminal, cli.globals.connect);
    const [host, ...others] = hosts;
    if (others.length > 0) await ofSeveral(cli, hosts);
    else if (host !== undefined) await ofOne(cli, host);
  } catch (error) {
    const { message, next } = asHutchError(error);
    cli.say(`${plain(message)}${next.map((text) => `\n  → ${plain(text)}`).join("")}`);
  }
  cli.say("All commands: hutch --help");
  return 0;
}

async function ofOne(cli: Cli, { uri, connect }: HostToOpen): Promise<void> {
  const count = await cli.looking(counted, uri);
  await cli.print({ data: { uri, ...count }, text: () => `${words(count)}, at ${plain(uri)}\n`, names: [] });
  const hutch = connect === null ? "hutch" : `hutch -c ${plain(connect)}`;
  cli.say(count.machines === 0 ? `Make one: ${hutch} launch --name web --engine docker` : `See them: ${hutch} list`);
}

async function ofSeveral(cli: Cli, hosts: readonly HostToOpen[]): Promise<void> {
  const told = await Promise.all(hosts.map((host) => look(cli, host)));
  await cli.print({
    data: { hosts: told },
    text: () => pairs(told.map((host) => [host.name, "error" in host ? `away: ${host.error}` : words(host)])),
    names: [],
  });
  cli.say("See them: hutch -c NAME list");
}

/** On threads of its own, so that one that does not answer holds up no other. */
async function look(cli: Cli, { name, uri }: HostToOpen): Promise<HostStatus> {
  const { connect } = await cli.terminal.library();
  const signal = AbortSignal.timeout(MOST_MS);
  try {
    const hutch = await connect({ env: cli.terminal.env, uri, signal });
    try {
      return { name, uri, ...(await counted(hutch)) };
    } finally {
      await hutch.close();
    }
  } catch (error) {
    const seconds = MOST_MS / 1000;
    return { name, uri, error: signal.aborted ? `no answer in ${seconds} s` : asHutchError(error).message };
  }
}

async function counted(hutch: Hutch): Promise<Count> {
  const machines = await hutch.list();
  const trashed = machines.filter(isTrashed).length;
  const running = machines.filter(({ status }) => status.power === "running").length;
  return { machines: machines.length - trashed, running, trashed };
}

function words({ machines, running }: Count): string {
  return `${plural(machines, "VM")}, ${running} running`;
}
