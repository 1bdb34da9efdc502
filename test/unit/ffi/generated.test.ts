import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as enums from "../../../ffi/generated/enums.gen.ts";
import { FUNCTIONS } from "../../../ffi/generated/functions.gen.ts";
import * as structs from "../../../ffi/generated/structs.gen.ts";

type Allowlist = { readonly functions: readonly { readonly fn: string; readonly why: string }[] };

const allow = JSON.parse(readFileSync(new URL("../../../ffi/allowlist.json", import.meta.url), "utf8")) as Allowlist;

describe("the generated files", () => {
  it("hold the allow-list, and nothing else", () => {
    expect(Object.keys(FUNCTIONS)).toEqual(allow.functions.map((entry) => entry.fn));
    expect(allow.functions.filter((entry) => entry.why === "")).toEqual([]);
  });

  it("lay structs out as a C compiler laid them out from libvirt's headers (x86_64 and aarch64)", () => {
    const sizes = Object.fromEntries(Object.entries(structs).map(([name, layout]) => [name, layout.size]));
    expect(sizes).toEqual({
      virError: 80,
      virTypedParameter: 96,
      virNodeInfo: 64,
      virDomainInfo: 40,
      virDomainStatsRecord: 24,
      virDomainInterface: 32,
      virDomainIPAddress: 24,
      virNetworkDHCPLease: 72,
      virStoragePoolInfo: 32,
      virStorageVolInfo: 24,
    });
    expect(structs.virDomainInfo.fields).toEqual({
      state: { at: 0, size: 1, kind: "u8" },
      maxMem: { at: 8, size: 8, kind: "u64" },
      memory: { at: 16, size: 8, kind: "u64" },
      nrVirtCpu: { at: 24, size: 2, kind: "u16" },
      cpuTime: { at: 32, size: 8, kind: "u64" },
    });
    expect(structs.virNetworkDHCPLease.fields.clientid.at).toBe(64);
    expect(structs.virTypedParameter.fields.value.at).toBe(88);
  });

  it("carry libvirt's numbers", () => {
    expect(enums.VirErrorNumber).toMatchObject({
      NO_SUPPORT: 3,
      NO_DOMAIN: 42,
      AUTH_FAILED: 45,
      NO_DOMAIN_METADATA: 80,
    });
    expect(enums.VirDomainState).toMatchObject({ RUNNING: 1, PAUSED: 3, SHUTOFF: 5 });
    expect(enums.VirDomainEventType.STOPPED).toBe(5);
    expect(enums.VirNetworkUpdateCommand).toMatchObject({ ADD_LAST: 3, ADD_FIRST: 4 });
    expect(enums.VirDomainState).not.toHaveProperty("LAST");
    expect(enums.VirConnectGetAllDomainStatsFlags.NOWAIT).toBe(2 ** 29);
  });
});
