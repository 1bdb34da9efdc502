import { describe, expect, it } from "vitest";
import { cursor, opened, small, wide } from "./opened.ts";

describe("marks and order", () => {
  it("are made by space, v and ctrl-a, and cleared by V", async () => {
    await using terminal = await opened(small);
    await terminal.type("  ");
    expect(terminal.screen()).toContain("VMs 14  2 marked");
    expect(cursor(terminal)).toBe("db-primary");
    await terminal.type("V", "j", " ", "jj", "v");
    expect(terminal.screen()).toContain("VMs 14  4 marked");
    await terminal.type("\x01");
    expect(terminal.screen()).toContain("VMs 14  14 marked");
    await terminal.type("V");
    expect(terminal.screen()).not.toContain("marked");
  });

  it("comes by o and a column's letter, is turned around by O, and its arrow shows which way", async () => {
    await using terminal = await opened(small);
    await terminal.type("o", "n");
    expect(terminal.screen()).toContain("NAME▲");
    await terminal.type("O", "g");
    expect(terminal.screen()).toContain("NAME▼");
    expect(cursor(terminal)).toBe("虚拟机-测试");
    await terminal.type("om", "g");
    expect(terminal.screen()).toContain("MEM G▼");
    expect(cursor(terminal)).toBe("ci-runner-1");
    await terminal.type("o-");
    expect(terminal.screen()).not.toMatch(/[▲▼]/);
  });
});

describe("a command line", () => {
  it("is copied from a list by y, of a job by y on its screen, and shown for terminals that cannot", async () => {
    await using terminal = await opened(wide);
    const copied = () =>
      Buffer.from([...terminal.raw.matchAll(/\x1b\]52;c;([^\x07]+)\x07/g)].at(-1)?.[1] ?? "", "base64");
    await terminal.type("y", "restart");
    expect(terminal.screen()).toContain("Copy a command for ci-runner-1");
    await terminal.type("\r");
    expect(copied().toString()).toBe("hutch restart ci-runner-1");
    expect(terminal.screen()).toContain("Copied: hutch restart ci-runner-1");
    expect(terminal.host.calls).toEqual([]);
    await terminal.type("S", "y", "7", "y");
    expect(copied().toString()).toBe("hutch stop ci-runner-1");
  });

  it("is not taken by Enter while its filter cannot be, which is said; Tab completes it", async () => {
    await using terminal = await opened(small);
    await terminal.type("/", "stat=running", "\r");
    expect(terminal.screen()).toContain('there is no "stat". Did you mean "state"?');
    await terminal.type("\x15", "sta\tr\t", "\r", "j");
    expect(terminal.screen()).toContain("VMs 10 of 14  /state=running");
    expect(cursor(terminal)).toBe("db-primary");
  });
});
