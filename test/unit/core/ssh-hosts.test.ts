import { describe, expect, it } from "vitest";
import { sshHostsIn } from "../../../src/core/ssh-hosts.ts";

describe("ssh's configuration", () => {
  it("names hosts, each once, and no patterns", () => {
    const config =
      'Host web db\n  HostName 10.0.0.1\n\thost = "attic"\nHost *.lan !web box?\nHOST web\nHostName nobody\n#Host gone\n';
    expect(sshHostsIn(config)).toEqual(["web", "db", "attic"]);
    expect(sshHostsIn("")).toEqual([]);
  });
});
