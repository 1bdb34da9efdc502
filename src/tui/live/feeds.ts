/** The hosts that are looked at, a feed each. Which they are may change at any time. */
import type { Hutch } from "../../index.ts";
import { idAmong } from "../store/hosts.ts";
import type { HostDoor } from "./door.ts";
import { Feed, type FeedGround } from "./feed.ts";

export type FeedsGround = Omit<FeedGround, "host"> & {
  /** Resolves once no job runs any more: what one works with is not closed under it. */
  readonly idle: () => Promise<void>;
};

export class Feeds {
  readonly #ground: FeedsGround;
  readonly #feeds = new Map<string, Feed>();
  #doors: readonly HostDoor[];
  #started = false;
  #held = false;

  constructor(ground: FeedsGround, doors: readonly HostDoor[]) {
    this.#ground = ground;
    this.#doors = doors;
    for (const host of doors) this.#add(host);
  }

  start(): void {
    this.#started = true;
    for (const feed of this.#feeds.values()) feed.start();
  }

  /** null while the host is not open, and for one that is not looked at. */
  hutch(name: string): Hutch | null {
    return this.#feeds.get(name)?.hutch ?? null;
  }

  /** What goes before a command's own words so that it is run there. */
  words(name: string | undefined): readonly string[] {
    return this.#doors.find((door) => door.name === name)?.words ?? [];
  }

  set held(held: boolean) {
    this.#held = held;
    for (const feed of this.#feeds.values()) feed.held = held;
  }

  wake(): void {
    for (const feed of this.#feeds.values()) feed.wake();
  }

  /** These and no others from now on, in words; null where they are the same. Hosts that stay notice nothing. */
  take(doors: readonly HostDoor[]): string | null {
    const before = this.#doors;
    const same = (a: HostDoor) => before.some((b) => b.name === a.name && b.uri === a.uri);
    const stays = (b: HostDoor) => doors.some((a) => a.name === b.name && a.uri === b.uri);
    const gone = before.filter((door) => !stays(door)).map(({ name }) => name);
    const fresh = doors.filter((door) => !same(door));
    this.#doors = doors;
    if (gone.length === 0 && fresh.length === 0) return null;
    const { send, history, state, idle } = this.#ground;
    for (const name of gone) {
      void this.#feeds.get(name)?.stop(idle());
      this.#feeds.delete(name);
      history.forget(name);
    }
    const known = state().hosts;
    history.rename((id) => idAmong({ hosts: doors }, id, known));
    send({ m: "hosts", hosts: doors.map(({ name, uri, connect }) => ({ name, uri, connect })) });
    for (const host of fresh) this.#add(host);
    return [
      ...(fresh.length === 0 ? [] : [`Now with ${fresh.map(({ name }) => name).join(", ")}.`]),
      ...(gone.length === 0 ? [] : [`Without ${gone.join(", ")} from now on.`]),
    ].join(" ");
  }

  #add(host: HostDoor): void {
    const { send } = this.#ground;
    const feed: Feed = new Feed({
      ...this.#ground,
      host,
      // Of one that is looked at no more nothing is heard, whatever was under way.
      send: (message) => {
        if (this.#feeds.get(host.name) === feed) send(message);
      },
    });
    feed.held = this.#held;
    this.#feeds.set(host.name, feed);
    if (this.#started) feed.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.stop()));
  }
}
