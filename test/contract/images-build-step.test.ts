import { expect, it } from "vitest";
import { buildSteps } from "../../images/build/step.ts";

const { signal } = new AbortController();
const step = buildSteps(signal, process.env);
const says = (text: string) => step("mmdebstrap", ["sh", "-c", `printf %s "$1" >&2; exit 25`, "sh", text]);

it("tells of a program's words those that say what is wrong", async () => {
  const noise = Array.from({ length: 30 }, (_, line) => `I: running hook ${line}`).join("\n");
  await expect(says(`${noise}\nE: apt-get update failed\nI: cleaning up`)).rejects.toMatchObject({
    kind: "program",
    message: "Building the image failed in mmdebstrap (exit code 25).",
    why: "E: apt-get update failed",
    next: [],
  });
  await expect(says(noise)).rejects.toMatchObject({ why: noise.split("\n").slice(-5).join("\n") });
});

it("tells where to look when the mirror does not answer, and when the disk is full", async () => {
  await expect(says("Err:1 http://mirror.example\nCould not resolve 'mirror.example'")).rejects.toMatchObject({
    next: [expect.stringContaining("Look at the Debian mirror")],
  });
  await expect(says("cp: error writing: No space left on device")).rejects.toMatchObject({
    kind: "disk-full",
    next: [expect.stringContaining("Free some space")],
  });
});
