import { VirErrorNumber } from "../generated/enums.gen.ts";
import type { Handle, OutNumber } from "../native/types.ts";
import type { MethodName, NetworkRow } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { orIf } from "./connection.ts";
import type { Handlers } from "./handlers.ts";
import { uuidText, withNetwork } from "./objects.ts";
import { scoped, withAll } from "./scope.ts";

type Network = Handle<"virNetwork">;

/** A handler that looks one network up, acts on it and has nothing to tell. */
const on =
  <I extends { readonly name: string }>(act: (call: Connection["call"], network: Network, input: I) => unknown) =>
  (c: Connection, input: I): null => {
    withNetwork(c, input.name, (network) => act(c.call, network, input));
    return null;
  };

export const networkHandlers: Handlers<Exclude<Extract<MethodName, `network.${string}`>, "network.leases">> = {
  "network.list": (c) =>
    withAll<"virNetwork", NetworkRow[]>(
      c,
      "virNetworkFree",
      (out) => c.call("virConnectListAllNetworks", c.handle, out, 0),
      (networks) => networks.flatMap((network) => orIf([VirErrorNumber.NO_NETWORK], () => [readRow(c, network)], [])),
    ),
  "network.lookup": (c, { name }) =>
    orIf([VirErrorNumber.NO_NETWORK], () => withNetwork(c, name, (network) => readRow(c, network)), null),
  "network.define": (c, { xml }) =>
    scoped(c, (own) => {
      const network = own("virNetworkFree", c.call("virNetworkDefineXML", c.handle, xml));
      return { name: c.call("virNetworkGetName", network) };
    }),
  "network.undefine": on((call, network) => call("virNetworkUndefine", network)),
  "network.start": on((call, network) => call("virNetworkCreate", network)),
  "network.destroy": on((call, network) => call("virNetworkDestroy", network)),
  "network.setAutostart": on((call, network, { autostart }) =>
    call("virNetworkSetAutostart", network, autostart ? 1 : 0),
  ),
  "network.update": on((call, network, { command, section, parentIndex, xml, flags }) =>
    call("virNetworkUpdate", network, command, section, parentIndex, xml, flags),
  ),
};

function readRow(c: Connection, network: Network): NetworkRow {
  const autostart: OutNumber = [0];
  c.call("virNetworkGetAutostart", network, autostart);
  return {
    name: c.call("virNetworkGetName", network),
    uuid: uuidText((buffer) => c.call("virNetworkGetUUIDString", network, buffer)),
    active: c.call("virNetworkIsActive", network) === 1,
    persistent: c.call("virNetworkIsPersistent", network) === 1,
    autostart: autostart[0] === 1,
    xml: c.call("virNetworkGetXMLDesc", network, 0),
  };
}
