/** `port ls`, `port add`, `port rm`: ports of this host that lead into a VM. */
import { parseForward } from "../../core/forward-syntax.ts";
import { type Command, defineCommand } from "../command.ts";
import { follow } from "../progress/follow.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";
import { table } from "../render/table.ts";

const NAME = { syntax: "<name>", text: "a VM's name or UUID", of: "vm" } as const;

export const portList: Command = defineCommand({
  operands: [NAME],
  flags: {},
  json: "ports: PortRow[]",
  examples: ["hutch port ls web"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const ports = await hutch.ports.list(name);
    await cli.print({
      data: { ports },
      text: () =>
        table(
          ["HOST", "GUEST", "PROTOCOL", "FOR"],
          ports.map(({ hostAddress, hostPort, guestPort, protocol, purpose }) => [
            `${hostAddress}:${hostPort}`,
            `${guestPort}`,
            protocol,
            purpose,
          ]),
        ),
      names: ports.map(({ hostPort, protocol }) => `${hostPort}/${protocol}`),
    });
  },
});

export const portAdd: Command = defineCommand({
  operands: [NAME, { syntax: "<ports...>", text: "8080:80, 127.0.0.1:8080:80, 5353:53/udp; as launch -p has them" }],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch port add web 8080:80", "hutch port add web 0.0.0.0:8443:443"],
  notes:
    "On 127.0.0.1 unless an address is given: 0.0.0.0 lets the whole network in. Into a VM on a network (system mode) systemd leads TCP ports, by a socket and a service of its own for each; that takes root.",
  run: async (cli, _flags, { operands: [name = "", ...ports] }) => {
    const wanted = ports.map((text) => parseForward(text, "port"));
    const hutch = await cli.hutch();
    await printResults(cli, await follow(cli, hutch.ports.add(name, wanted)));
  },
});

export const portRemove: Command = defineCommand({
  operands: [NAME, { syntax: "<ports...>", text: "ports of this host: 8080, 5353/udp" }],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch port rm web 8080"],
  run: async (cli, _flags, { operands: [name = "", ...ports] }) => {
    const gone = ports.map((text) => parseForward(text, "port"));
    const hutch = await cli.hutch();
    await printResults(cli, await follow(cli, hutch.ports.remove(name, gone)));
  },
});
