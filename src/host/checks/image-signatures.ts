import type { Check } from "../../core/requests.ts";
import { run } from "../processes.ts";
import { check } from "./context.ts";

const ID = "image-signatures";
const TITLE = "Image signatures";

/** The program that checks what publishers sign; it runs here, wherever the VMs do. */
export async function checkImageSignatures(): Promise<readonly Check[]> {
  const told = await run(["gpgv", "--version"], { timeoutMs: 5_000 }).catch(() => null);
  if (told?.code === 0) return [check(ID, TITLE, "ok", told.stdout.split("\n", 1).join(""))];
  return [
    check(ID, TITLE, "warn", "gpgv is not installed: images that their publisher signs are refused", [
      "apt install gpgv · dnf install gnupg2 · zypper install gpg2 · pacman -S gnupg",
    ]),
  ];
}
