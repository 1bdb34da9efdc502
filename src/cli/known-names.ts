/** The names that an operand can have: for completion, and to pick from. */
import type { Hutch } from "../index.ts";
import type { Named } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export type KnownName = { readonly name: string; readonly text: string };

export type Ground = {
  readonly library: Terminal["library"];
  readonly env: Terminal["env"];
  /** Gives the host for one look. */
  readonly looking: <T>(work: (hutch: Hutch) => Promise<T>) => Promise<T>;
  /** Words that stand before it: snapshots are those of one VM. */
  readonly before: readonly string[];
};

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** null for words of any kind. Fails as the host does. */
export async function knownNames(of: Named | undefined, ground: Ground): Promise<readonly KnownName[] | null> {
  switch (of) {
    case undefined:
    case "file":
      return null;
    case "shell":
      return SHELLS.map((name) => ({ name, text: "" }));
    case "vm":
    case "trashed-vm": {
      const trashed = of === "trashed-vm";
      const machines = await ground.looking((hutch) => hutch.list());
      return machines
        .filter(({ record }) => (record?.state === "trashed") === trashed)
        .map(({ name, status, record }) => ({
          name,
          text: trashed ? "in the trash" : [status.power, record?.spec.image].filter(Boolean).join(", "),
        }));
    }
    case "snapshot": {
      const [name] = ground.before;
      if (name === undefined) return [];
      const { snapshots } = await ground.looking((hutch) => hutch.info(name));
      return snapshots.map((snapshot) => ({ name: snapshot.name, text: snapshot.current ? "current" : "" }));
    }
    case "stored-image": {
      const images = await ground.looking((hutch) => hutch.images.list());
      return images.map(({ name, usedBy }) => ({ name, text: usedBy.join(" ") }));
    }
    case "image": {
      const { catalogue } = await ground.library();
      const images = await catalogue({ env: ground.env });
      return images.map(({ name, title }) => ({ name, text: title }));
    }
    case "network": {
      const networks = await ground.looking((hutch) => hutch.networks.list());
      return networks.map(({ name, subnets }) => ({ name, text: subnets.join(" ") }));
    }
    case "pool": {
      const pools = await ground.looking((hutch) => hutch.pools.list());
      return pools.map(({ name, path }) => ({ name, text: path ?? "" }));
    }
    case "engine": {
      const { engineRecipes } = await ground.library();
      const engines = new Set((await engineRecipes()).map(({ engine }) => engine));
      return [...engines].map((name) => ({ name, text: "" }));
    }
    case "host": {
      const { libvirtHosts } = await ground.library();
      const named = (await knownNames("named-host", ground)) ?? [];
      return [...named, ...(await libvirtHosts({ env: ground.env })).map(({ uri, text }) => ({ name: uri, text }))];
    }
    case "named-host": {
      const { hosts } = await ground.library();
      return (await hosts.list({ env: ground.env })).hosts.map(({ name, uri }) => ({ name, text: uri }));
    }
    case "setting-value":
      return ground.before[0] === "connect" ? knownNames("host", ground) : null;
    case "setting": {
      const { settings } = await ground.library();
      return (await settings({ env: ground.env })).map(({ key, text }) => ({ name: key, text }));
    }
  }
}
