/** Talking past libvirt to what runs the guest, and to what runs in it. */
import { VirDomainQemuMonitorCommandFlags } from "../generated/enums.gen.ts";
import { takeAddresses, takeString } from "../native/memory.ts";
import type { OutAddress } from "../native/types.ts";
import type { Handlers } from "./handlers.ts";
import { withDomain } from "./objects.ts";

export const guestHandlers: Handlers<"domain.agent" | "domain.monitor" | "domain.messages"> = {
  "domain.agent": (c, { uuid, command, timeoutSeconds }) =>
    withDomain(c, { uuid }, (domain) => ({
      result: c.call("virDomainQemuAgentCommand", domain, command, timeoutSeconds, 0),
    })),

  "domain.monitor": (c, { uuid, command, hmp }) =>
    withDomain(c, { uuid }, (domain) => {
      const { HMP, DEFAULT } = VirDomainQemuMonitorCommandFlags;
      const out: OutAddress = [null];
      c.call("virDomainQemuMonitorCommand", domain, command, out, hmp ? HMP : DEFAULT);
      return { result: out[0] === null ? "" : takeString(out[0]) };
    }),

  "domain.messages": (c, { uuid }) =>
    withDomain(c, { uuid }, (domain) => {
      const out: OutAddress = [null];
      return takeAddresses(out, c.call("virDomainGetMessages", domain, out, 0)).map(takeString);
    }),
};
