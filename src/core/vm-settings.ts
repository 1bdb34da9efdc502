/** What can be set of a VM that is there. */
import type { PortForward } from "./machine/spec.ts";

export type Settings = {
  readonly cpus?: number;
  readonly memoryMiB?: number;
  /** Of the root disk; it grows, and never shrinks. */
  readonly diskBytes?: number;
  readonly autostart?: boolean;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly protected?: boolean;
  /** Its place among those that start with the host; null: after all that have one. */
  readonly startOrder?: number | null;
  /** Seconds. */
  readonly startDelay?: number;
  /** A screen to look at over VNC. */
  readonly display?: boolean;
  /** null: takes the image that it was installed from out of its drive, and removes what of it is this VM's alone. */
  readonly iso?: null;
  /** Published beside those that are; see `ports.add`. */
  readonly publish?: readonly PortForward[];
};

export type SettingChange = {
  readonly setting: string;
  readonly from: string;
  readonly to: string;
  /** `restart`: from its next start on. */
  readonly when: "now" | "restart";
  /** Why not now; or what goes with it. Empty when there is nothing to say. */
  readonly note: string;
};

/** What a `set` would do, known before it is done. */
export type SettingsPlan = { readonly name: string; readonly changes: readonly SettingChange[] };

export type SettingsResult = SettingsPlan & { readonly warnings: readonly string[] };

const LONGEST_TAG = 40;
const MOST_TAGS = 32;
const LONGEST_DESCRIPTION = 1000;

/** What keeps these from being a VM's tags, as a sentence; null when nothing does. */
export function checkTags(tags: readonly string[]): string | null {
  if (tags.length > MOST_TAGS) return `there are ${tags.length}; ${MOST_TAGS} is the most.`;
  const odd = tags.find((tag) => !/^[\p{L}\p{N}][\p{L}\p{N}._:/-]*$/u.test(tag) || [...tag].length > LONGEST_TAG);
  return odd === undefined
    ? null
    : `${JSON.stringify(odd)} is none: letters, digits and . _ : / - inside, at most ${LONGEST_TAG} characters.`;
}

/** The same for a description, which may have any writing in it, over several lines. */
export function checkDescription(text: string): string | null {
  const length = [...text].length;
  return length > LONGEST_DESCRIPTION ? `it has ${length} characters; ${LONGEST_DESCRIPTION} is the most.` : null;
}
