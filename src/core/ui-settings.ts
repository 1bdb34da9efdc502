/** What the config file says of the terminal UI, and of views. */
import type { SavedView } from "./saved-view.ts";

export type UiSettings = {
  readonly theme?: "dark" | "light";
  /** Draw with plain ASCII. */
  readonly ascii?: boolean;
  readonly mouse?: boolean;
  readonly screenReader?: boolean;
  /** Look only. */
  readonly readonly?: boolean;
  /** Names of keys by action id; of none, the action has no key. What the ids and keys are only the terminal UI knows. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly views: Readonly<Record<string, SavedView>>;
};
