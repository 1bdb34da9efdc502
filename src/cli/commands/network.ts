/** `network ls`, `info`, `leases`, `create`, `rm`. */
import { NETWORK_MODES, type NetworkInfo } from "../../core/surroundings.ts";
import { type Command, defineCommand } from "../command.ts";
import { oneOf, option, word } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { agreeToLose } from "../prompts.ts";
import { pairs, table } from "../render/table.ts";

const NAME = [{ syntax: "<name>", text: "a network's name", of: "network" }] as const;

export const networkList: Command = defineCommand({
  operands: [],
  flags: {},
  json: "networks: NetworkSummary[]",
  examples: ["hutch network ls"],
  run: async (cli) => {
    const { networks: host } = await cli.hutch({ readonly: true });
    const networks = await host.list();
    await cli.print({
      data: { networks },
      text: (columns) =>
        table(
          ["NAME", "MODE", "BRIDGE", "SUBNETS", "RUNS", "AUTOSTART"],
          networks.map(({ name, mode, bridge, subnets, active, autostart }) => [
            name,
            mode,
            bridge ?? "",
            subnets.join(" "),
            active ? "yes" : "no",
            autostart ? "yes" : "no",
          ]),
          { columns },
        ),
      names: networks.map(({ name }) => name),
    });
  },
});

export const networkInfo: Command = defineCommand({
  operands: NAME,
  flags: {},
  json: "network: NetworkInfo",
  examples: ["hutch network info default"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const { networks } = await cli.hutch({ readonly: true });
    const network = await networks.info(name);
    await cli.print({ data: { network }, text: (columns) => pairs(rows(network), columns), names: [network.name] });
  },
});

export const networkLeases: Command = defineCommand({
  operands: NAME,
  flags: {},
  json: "leases: LeaseRow[]",
  examples: ["hutch network leases default"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const { networks } = await cli.hutch({ readonly: true });
    const leases = await networks.leases(name);
    await cli.print({
      data: { leases },
      text: (columns) =>
        table(
          ["ADDRESS", "MAC", "VM", "HOST NAME", "UNTIL"],
          leases.map(({ address, mac, machine, hostname, expiresAt }) => [
            address,
            mac ?? "",
            machine ?? "",
            hostname ?? "",
            expiresAt?.slice(0, 16).replace("T", " ") ?? "for ever",
          ]),
          { columns, spare: ["HOST NAME"] },
        ),
      names: leases.map(({ address }) => address),
    });
  },
});

export const networkCreate: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "what it is to be called" }],
  flags: {
    mode: option("--mode <mode>", `${NETWORK_MODES.join(", ")} (nat)`, oneOf(NETWORK_MODES)),
    subnet: option("--subnet <network>", "its addresses, as 192.168.150.0/24 (a free one)", word),
    bridge: option("--bridge <device>", "the bridge's name; for mode bridge, one that is there", word),
  },
  json: "network: NetworkInfo",
  examples: [
    "hutch network create lab",
    "hutch network create lab --mode isolated --subnet 192.168.150.0/24",
    "hutch network create lan --mode bridge --bridge br0",
    "hutch launch --name web --network network=lab",
  ],
  notes:
    "nat: out through the host. routed: out with their own addresses, and the LAN must know the way. isolated: the host and one another, nobody else. bridge: on a bridge that others keep. It starts at once and with the host.",
  run: async (cli, { mode, subnet, bridge }, { operands: [name = ""] }) => {
    const { networks } = await cli.hutch();
    const request = {
      name,
      mode: mode ?? "nat",
      ...(subnet === undefined ? {} : { subnet }),
      ...(bridge === undefined ? {} : { bridge }),
    };
    const network = await follow(cli, networks.create(request));
    await cli.print({ data: { network }, text: (columns) => pairs(rows(network), columns), names: [network.name] });
  },
});

export const networkRemove: Command = defineCommand({
  operands: NAME,
  flags: {},
  json: "network: { name: string }",
  examples: ["hutch network rm lab"],
  notes: "Not while a VM has a card in it.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const { networks } = await cli.hutch();
    const { usedBy, subnets, reservations } = await networks.info(name);
    if (usedBy.length === 0) {
      const kept = reservations.map((host) => `the address ${host.address}, kept for ${host.name ?? host.mac}`);
      await agreeToLose(cli, "Remove it?", [{ name, what: [...subnets, ...kept] }]);
    }
    const network = await follow(cli, networks.remove(name));
    await cli.print({ data: { network }, text: () => `${name}: removed\n`, names: [name] });
  },
});

function rows(network: NetworkInfo): readonly (readonly [string, string])[] {
  const { dhcp } = network;
  return [
    ["Name", network.name],
    ["Mode", network.mode],
    ["Runs", network.active ? "yes" : "no"],
    ["Autostart", network.autostart ? "on" : "off"],
    ["Bridge", network.bridge ?? ""],
    ["Host's address", network.subnets.join(", ")],
    ["DHCP", dhcp === null ? "" : `${dhcp.first} to ${dhcp.last}`],
    ...(network.domain === null ? [] : [["Domain", network.domain] as const]),
    ...network.reservations.map(({ address, name, mac }): readonly [string, string] => [
      "Kept",
      `${address} for ${name ?? mac}`,
    ]),
    ["Used by", network.usedBy.join(", ")],
    ["UUID", network.uuid],
  ];
}
