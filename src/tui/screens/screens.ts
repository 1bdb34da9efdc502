/** Every screen, in the order of its digit. */
import type { ScreenId } from "../store/state.ts";
import { events } from "./events.ts";
import { hosts } from "./hosts.ts";
import { images } from "./images.ts";
import { jobs } from "./jobs.ts";
import type { AnyScreen } from "./list-screen.ts";
import { networks } from "./networks.ts";
import { snapshots } from "./snapshots.ts";
import { storage } from "./storage.ts";
import { vms } from "./vms.ts";

export const SCREEN: Readonly<Record<ScreenId, AnyScreen>> = {
  vms,
  images,
  networks,
  storage,
  snapshots,
  hosts,
  jobs,
  events,
};
