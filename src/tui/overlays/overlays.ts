import type { Intent } from "../input/intent.ts";
import type { Input } from "../input/keys.ts";
import type { Scope } from "../screens/list-screen.ts";
import type { Overlay } from "../store/state.ts";
import { confirm } from "./confirm.ts";
import { containerLogs } from "./container-logs.ts";
import { help } from "./help.ts";
import { launch } from "./launch.ts";
import { limits } from "./limits.ts";
import type { Drawn, OverlayGround, OverlayKind } from "./overlay.ts";
import { palette } from "./palette.ts";
import { command, filter, output, sort } from "./prompts.ts";
import { views } from "./saved-views.ts";

const KINDS: { readonly [K in Overlay["k"]]: OverlayKind<K> } = {
  confirm,
  help,
  palette,
  command,
  filter,
  sort,
  views,
  output,
  launch,
  limits,
  "container-logs": containerLogs,
};

export function overlayKeys<K extends Overlay["k"]>(
  overlay: Extract<Overlay, { k: K }>,
  input: Input,
  ground: OverlayGround,
): readonly Intent[] {
  const kind: OverlayKind<K> = KINDS[overlay.k as K];
  return kind.keys(overlay, input, ground);
}

export function drawOverlay<K extends Overlay["k"]>(
  overlay: Extract<Overlay, { k: K }>,
  scope: Scope & OverlayGround,
  most: { columns: number; rows: number },
): Drawn | null {
  const kind: OverlayKind<K> = KINDS[overlay.k as K];
  return kind.draw(overlay, scope, most);
}
