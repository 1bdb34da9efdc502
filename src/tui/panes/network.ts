import type { MachineView } from "../../core/machine/view.ts";
import type { Scope } from "../screens/list-screen.ts";
import { type Detail, known } from "../store/state.ts";
import { short } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { fact, waiting } from "./panes.ts";

export function networkPane(vm: MachineView, { info }: Detail, scope: Scope, width: number): readonly string[] {
  const { look, history } = scope;
  const about = known(info);
  if (about === null) return waiting(scope, width, info, "");
  const network = vm.record?.spec.network;
  const rates = history.rates(vm.uuid);
  return [
    ...(network === undefined
      ? []
      : [
          fact(
            scope,
            width,
            "network",
            [network.kind, "plain"],
            [
              "network" in network
                ? ` ${shown(network.network)}`
                : "bridge" in network
                  ? ` ${shown(network.bridge)}`
                  : "",
              "accent",
            ],
          ),
        ]),
    ...(about.macs.length === 0 ? waiting(scope, width, info, "It has no network card.") : []),
    ...about.macs.map((mac) => fact(scope, width, "mac", [mac, "plain"])),
    ...about.addresses.map(({ address, source }) =>
      fact(scope, width, "address", [shown(address), "accent"], [`  ${source}`, "muted"]),
    ),
    ...(vm.record?.forwards ?? []).map(({ hostAddress, hostPort, guestPort, protocol }) =>
      fact(
        scope,
        width,
        "port",
        [`${hostAddress}:${hostPort}`, "accent"],
        [` ${look.glyphs.arrow} ${guestPort}/${protocol}`, "plain"],
      ),
    ),
    ...(rates === null
      ? []
      : [
          line(look, width, []),
          line(look, width, [[` received ${short(rates.received)}/s  sent ${short(rates.sent)}/s`, "plain"]]),
        ]),
  ];
}
