import { describe, expect, it } from "vitest";
import {
  VirConnectDomainEventAgentLifecycleState,
  VirDomainEventDefinedDetailType,
  VirDomainEventResumedDetailType,
  VirDomainEventShutdownDetailType,
  VirDomainEventStartedDetailType,
  VirDomainEventStoppedDetailType,
  VirDomainEventSuspendedDetailType,
  VirDomainEventType,
  VirDomainEventUndefinedDetailType,
  VirNetworkEventLifecycleType,
  VirStoragePoolEventLifecycleType,
} from "#ffi";
import {
  agentEvent,
  happeningOf,
  networkEvent,
  poolEvent,
  RECORD_CHANGED,
  vmEvent,
} from "../../../src/core/host-event.ts";

const DETAILS = {
  DEFINED: VirDomainEventDefinedDetailType,
  UNDEFINED: VirDomainEventUndefinedDetailType,
  STARTED: VirDomainEventStartedDetailType,
  SUSPENDED: VirDomainEventSuspendedDetailType,
  RESUMED: VirDomainEventResumedDetailType,
  STOPPED: VirDomainEventStoppedDetailType,
  SHUTDOWN: VirDomainEventShutdownDetailType,
} as const;

describe("events in words", () => {
  it.each(Object.entries(DETAILS))("has words for %s and each of its reasons", (name, details) => {
    const event = VirDomainEventType[name as keyof typeof DETAILS];
    for (const detail of Object.values(details)) {
      const { what, why } = vmEvent(event, detail);
      expect(what).not.toMatch(/^event /);
      expect(why).not.toBe("");
    }
  });

  it("has words for every kind of libvirt's", () => {
    for (const event of Object.values(VirDomainEventType)) expect(vmEvent(event, 0).what).not.toMatch(/^event /);
    for (const event of Object.values(VirNetworkEventLifecycleType))
      expect(networkEvent(event).what).not.toMatch(/^event /);
    for (const event of Object.values(VirStoragePoolEventLifecycleType))
      expect(poolEvent(event).what).not.toMatch(/^event /);
    expect(agentEvent(VirConnectDomainEventAgentLifecycleState.CONNECTED).what).toBe("agent connected");
    expect(agentEvent(VirConnectDomainEventAgentLifecycleState.DISCONNECTED).what).toBe("agent disconnected");
  });

  it("passes on what a newer libvirt tells", () => {
    expect(vmEvent(99, 0)).toEqual({ what: "event 99", why: "" });
    expect(vmEvent(VirDomainEventType.STARTED, 99)).toEqual({ what: "started", why: "" });
  });

  it("are a line of a list each, but for what nobody would look for there", () => {
    const event = { at: "2026-01-01T00:00:00.000Z", subject: "vm", name: "web", uuid: "u" } as const;
    const told = (what: string, why = "") => happeningOf({ ...event, what, why }, 7);
    expect(told("started", "booted")).toEqual({
      at: 7,
      what: "vm",
      name: "web",
      uuid: "u",
      text: "started: booted",
      level: "info",
    });
    expect([told("crashed")?.level, told("stopped", "crashed")?.level, told("paused", "I/O error")?.level]).toEqual([
      "warn",
      "warn",
      "warn",
    ]);
    expect(told(RECORD_CHANGED)).toBeNull();
    expect(happeningOf({ ...event, subject: "host", name: "", uuid: null, what: "lost", why: "" }, 7)).toBeNull();
  });
});
