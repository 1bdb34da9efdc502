/** The shell files that run in guests are real files: clean to shellcheck, and readable by a plain POSIX shell. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runTool } from "../support/tool.ts";

const FOLDER = fileURLToPath(new URL("../../cloud-init/guest/", import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".sh"));

describe("the guests' shell files", () => {
  it("are there", () => {
    expect(FILES.toSorted()).toEqual([
      "ask-cloud-init.sh",
      "bake-clean.sh",
      "container-logs.sh",
      "containers-docker.sh",
      "copy-receive.sh",
      "copy-send.sh",
      "engine-docker-status.sh",
      "engine-docker-verify.sh",
      "engine-docker.sh",
      "grow-root.sh",
      "install-packages.sh",
      "mount-device.sh",
      "mount-sshfs.sh",
      "new-identity.sh",
      "online-cpus.sh",
      "pass-signal.sh",
      "unmount.sh",
      "wait-cloud-init.sh",
    ]);
  });

  it.each(FILES)("%s is clean to shellcheck and to dash", async (name) => {
    expect(await runTool(["shellcheck", "--shell", "sh", "--enable", "quote-safe-variables", join(FOLDER, name)])).toBe(
      "",
    );
    expect(await runTool(["dash", "-n", join(FOLDER, name)])).toBe("");
  });
});
