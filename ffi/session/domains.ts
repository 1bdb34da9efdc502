/** Changing domains. Each call is one libvirt transaction; flags and states are libvirt's. */
import {
  VirDomainBlockResizeFlags,
  VirDomainDefineFlags,
  VirDomainMetadataType,
  VirDomainUndefineFlags,
  VirErrorNumber,
} from "../generated/enums.gen.ts";
import type { Handle } from "../native/types.ts";
import type { Input, MethodName } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { hasCode, orIf } from "./connection.ts";
import type { Handlers } from "./handlers.ts";
import { uuidText, withDomain } from "./objects.ts";
import { scoped } from "./scope.ts";

type Changes = Exclude<
  Extract<MethodName, `domain.${string}`>,
  | "domain.list"
  | "domain.lookup"
  | "domain.detail"
  | "domain.addresses"
  | "domain.agent"
  | "domain.monitor"
  | "domain.messages"
>;
type OneDomain = { readonly uuid: string };

/** A handler that looks one domain up, acts on it and has nothing to tell. */
const on =
  <I extends OneDomain>(act: (call: Connection["call"], domain: Handle<"virDomain">, input: I) => unknown) =>
  (c: Connection, input: I): null => {
    withDomain(c, input, (domain) => act(c.call, domain, input));
    return null;
  };

export const domainHandlers: Handlers<Changes> = {
  "domain.define": (c, { xml, validate }) =>
    scoped(c, (own) => {
      const flags = validate ? VirDomainDefineFlags.VALIDATE : 0;
      const domain = own("virDomainFree", c.call("virDomainDefineXMLFlags", c.handle, xml, flags));
      return {
        uuid: uuidText((buffer) => c.call("virDomainGetUUIDString", domain, buffer)),
        name: c.call("virDomainGetName", domain),
      };
    }),
  "domain.undefine": on<Input<"domain.undefine">>(undefine),

  "domain.start": on((call, domain, { flags }) => call("virDomainCreateWithFlags", domain, flags)),
  "domain.shutdown": on((call, domain, { flags }) => call("virDomainShutdownFlags", domain, flags)),
  "domain.reboot": on((call, domain, { flags }) => call("virDomainReboot", domain, flags)),
  "domain.reset": on((call, domain) => call("virDomainReset", domain, 0)),
  "domain.destroy": on((call, domain, { flags }) => call("virDomainDestroyFlags", domain, flags)),
  "domain.suspend": on((call, domain) => call("virDomainSuspend", domain)),
  "domain.resume": on((call, domain) => call("virDomainResume", domain)),
  "domain.managedSave": on((call, domain, { flags }) => call("virDomainManagedSave", domain, flags)),
  "domain.managedSaveRemove": on((call, domain) => call("virDomainManagedSaveRemove", domain, 0)),

  "domain.rename": on((call, domain, { name }) => call("virDomainRename", domain, name, 0)),
  "domain.setAutostart": on((call, domain, { autostart }) => call("virDomainSetAutostart", domain, autostart ? 1 : 0)),
  "domain.getMetadata": (c, { uuid, namespace, flags }) =>
    withDomain(c, { uuid }, (domain) => ({
      xml: orIf(
        [VirErrorNumber.NO_DOMAIN_METADATA],
        () => c.call("virDomainGetMetadata", domain, VirDomainMetadataType.ELEMENT, namespace, flags),
        null,
      ),
    })),
  "domain.setMetadata": on((call, domain, { namespace, prefix, xml, flags }) =>
    call("virDomainSetMetadata", domain, VirDomainMetadataType.ELEMENT, xml, prefix, namespace, flags),
  ),
  "domain.setText": on((call, domain, { type, text, flags }) =>
    call("virDomainSetMetadata", domain, type, text, null, null, flags),
  ),

  "domain.attachDevice": on((call, domain, { xml, flags }) => call("virDomainAttachDeviceFlags", domain, xml, flags)),
  "domain.detachDevice": on((call, domain, { xml, flags }) => call("virDomainDetachDeviceFlags", domain, xml, flags)),
  "domain.updateDevice": on((call, domain, { xml, flags }) => call("virDomainUpdateDeviceFlags", domain, xml, flags)),
  "domain.setVcpus": on((call, domain, { vcpus, flags }) => call("virDomainSetVcpusFlags", domain, vcpus, flags)),
  "domain.setMemory": on((call, domain, { memoryKiB, flags }) =>
    call("virDomainSetMemoryFlags", domain, memoryKiB, flags),
  ),
  "domain.blockResize": on((call, domain, { disk, bytes }) =>
    call("virDomainBlockResize", domain, disk, bytes, VirDomainBlockResizeFlags.BYTES),
  ),
};

/**
 * Drivers refuse flags that they do not know, even for things that the domain has not got: so ask with fewer, newest left
 * out first. A domain that does have such a thing is then refused by its driver, never half removed.
 */
function undefine(call: Connection["call"], domain: Handle<"virDomain">, { flags }: Input<"domain.undefine">): void {
  const { MANAGED_SAVE, SNAPSHOTS_METADATA, NVRAM, KEEP_NVRAM, CHECKPOINTS_METADATA } = VirDomainUndefineFlags;
  const older = MANAGED_SAVE | SNAPSHOTS_METADATA;
  const withNvram = older | NVRAM | KEEP_NVRAM;
  const attempts = [
    ...new Set([flags, flags & (withNvram | CHECKPOINTS_METADATA), flags & withNvram, flags & older, 0]),
  ];
  for (const attempt of attempts) {
    try {
      call("virDomainUndefineFlags", domain, attempt);
      return;
    } catch (error) {
      if (hasCode(error, VirErrorNumber.NO_SUPPORT)) break;
      if (attempt === 0 || !hasCode(error, VirErrorNumber.INVALID_ARG, VirErrorNumber.ARGUMENT_UNSUPPORTED))
        throw error;
    }
  }
  call("virDomainUndefine", domain);
}
