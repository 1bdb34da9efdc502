import { describe, expect, it } from "vitest";
import { assertTools } from "../../../images/build/tools.ts";

const without =
  (...gone: readonly string[]) =>
  async (path: string): Promise<boolean> =>
    !gone.some((name) => path.endsWith(name));

describe("the programs that a build needs", () => {
  it("are all there", async () => {
    await expect(assertTools(false, without())).resolves.toBeUndefined();
  });

  it("are named by their Debian packages when they are not", async () => {
    await expect(assertTools(true, without("mmdebstrap", "sgdisk", "boot.img"))).rejects.toMatchObject({
      kind: "tools",
      why: "Missing: mmdebstrap, sgdisk, GRUB's files for BIOS machines.",
      next: ["apt-get install --no-install-recommends mmdebstrap gdisk grub-pc-bin"],
    });
  });

  it("are one more for a user who is not root, who installs with sudo", async () => {
    await expect(assertTools(true, without("newuidmap"))).resolves.toBeUndefined();
    await expect(assertTools(false, without("newuidmap"))).rejects.toMatchObject({
      next: ["sudo apt-get install --no-install-recommends uidmap"],
    });
  });
});
