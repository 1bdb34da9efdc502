import { VirErrorNumber } from "../generated/enums.gen.ts";
import { virNodeInfo } from "../generated/structs.gen.ts";
import { reader } from "../native/memory.ts";
import type { OutNumber } from "../native/types.ts";
import type { Connection } from "./connection.ts";
import { isAlive, orIf, orIfUnsupported } from "./connection.ts";
import type { HandlersOf } from "./handlers.ts";

export const hostHandlers: HandlersOf<"host"> = {
  "host.facts": (c) => {
    const bytes = Buffer.alloc(virNodeInfo.size);
    c.call("virNodeGetInfo", c.handle, bytes);
    const info = reader(virNodeInfo, bytes);
    return {
      uri: c.call("virConnectGetURI", c.handle),
      driver: c.call("virConnectGetType", c.handle),
      hostname: c.call("virConnectGetHostname", c.handle),
      libVersion: version(c, "virConnectGetLibVersion"),
      hypervisorVersion: orIfUnsupported(() => version(c, "virConnectGetVersion"), null),
      cpus: info("cpus"),
      memoryBytes: info("memory") * 1024,
      // Nothing free is told in the way of a failure without a cause: hosts of the test driver that are files say so.
      freeMemoryBytes: orIf(
        [VirErrorNumber.NO_SUPPORT, VirErrorNumber.INTERNAL_ERROR],
        () => c.call("virNodeGetFreeMemory", c.handle),
        null,
      ),
      capabilitiesXml: c.call("virConnectGetCapabilities", c.handle),
    };
  },

  "host.alive": (c) => ({ alive: isAlive(c) }),

  "host.domainCapabilities": (c, { emulator = null, arch = null, machine = null, virtType = null }) => ({
    xml: c.call("virConnectGetDomainCapabilities", c.handle, emulator, arch, machine, virtType, 0),
  }),
};

function version(c: Connection, fn: "virConnectGetLibVersion" | "virConnectGetVersion"): number {
  const out: OutNumber = [0];
  c.call(fn, c.handle, out);
  return Number(out[0]);
}
