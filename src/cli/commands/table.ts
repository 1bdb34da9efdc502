/** Every command by its words; each module is loaded only when its command is chosen. */
import type { Command } from "../command.ts";

export type Entry = {
  /** `["list"]`, `["image", "ls"]`. */
  readonly words: readonly string[];
  readonly aliases: readonly string[];
  /** The heading it stands under in help. */
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
};

function entry(
  words: readonly string[],
  group: string,
  summary: string,
  load: () => Promise<Command>,
  aliases: readonly string[] = [],
): Entry {
  return { words, aliases, group, summary, load };
}

export const TABLE: readonly Entry[] = [
  entry(
    ["launch"],
    "Make",
    "Make a VM from a cloud image and follow it to ready",
    async () => (await import("./launch.ts")).launch,
    ["run"],
  ),
  entry(["create"], "Make", "Make a VM and leave it stopped", async () => (await import("./launch.ts")).create),

  entry(
    ["list"],
    "See",
    "List the VMs of this host, those of others too",
    async () => (await import("./list.ts")).list,
    ["ls", "ps"],
  ),
  entry(["info"], "See", "Show everything about one VM", async () => (await import("./info.ts")).info, ["inspect"]),
  entry(["logs"], "See", "Show what a VM's console or cloud-init said", async () => (await import("./logs.ts")).logs),
  entry(["wait"], "See", "Wait until a VM has come to a stage", async () => (await import("./wait.ts")).wait),

  entry(["start"], "Power", "Start VMs", async () => (await import("./power.ts")).start),
  entry(["stop"], "Power", "Shut VMs down", async () => (await import("./power.ts")).stop),
  entry(["restart"], "Power", "Shut VMs down and start them again", async () => (await import("./power.ts")).restart),

  entry(["shell"], "Enter", "Open a shell in a VM", async () => (await import("./shell.ts")).shell, ["ssh"]),
  entry(
    ["exec"],
    "Enter",
    "Run one command in a VM; its exit code is passed through",
    async () => (await import("./exec.ts")).exec,
  ),

  entry(["delete"], "Undo", "Put VMs into the trash", async () => (await import("./delete.ts")).remove, ["rm"]),
  entry(["recover"], "Undo", "Bring VMs back from the trash", async () => (await import("./recover.ts")).recover),
  entry(["purge"], "Undo", "Remove VMs in the trash for good", async () => (await import("./purge.ts")).purge),

  entry(
    ["image", "ls"],
    "Images",
    "List the images of the store",
    async () => (await import("./image-list.ts")).imageList,
    ["list"],
  ),
  entry(
    ["image", "find"],
    "Images",
    "List the images that can be had",
    async () => (await import("./image-find.ts")).imageFind,
  ),
  entry(
    ["image", "info"],
    "Images",
    "Show everything about one image, and what vouches for it",
    async () => (await import("./image-info.ts")).imageInfo,
    ["inspect"],
  ),
  entry(
    ["image", "pull"],
    "Images",
    "Download an image into the store",
    async () => (await import("./image-get.ts")).imagePull,
  ),
  entry(
    ["image", "verify"],
    "Images",
    "Look whether the images of the store are what was stored",
    async () => (await import("./image-verify.ts")).imageVerify,
  ),
  entry(
    ["image", "build"],
    "Images",
    "Build an image here from the distribution's packages",
    async () => (await import("./image-get.ts")).imageBuild,
  ),
  entry(
    ["image", "import"],
    "Images",
    "Copy a disk image into the store, from a file or an address",
    async () => (await import("./image-get.ts")).imageImport,
  ),
  entry(
    ["image", "push"],
    "Images",
    "Put an image of the store into a registry",
    async () => (await import("./image-push.ts")).imagePush,
  ),
  entry(
    ["image", "rm"],
    "Images",
    "Remove images from the store",
    async () => (await import("./image-remove.ts")).imageRemove,
    ["remove"],
  ),
  entry(
    ["image", "prune"],
    "Images",
    "Remove images and downloads that nobody needs",
    async () => (await import("./image-prune.ts")).imagePrune,
  ),

  entry(
    ["engine", "install"],
    "Engine",
    "Install a container engine in VMs",
    async () => (await import("./engine.ts")).engineInstall,
  ),
  entry(
    ["engine", "status"],
    "Engine",
    "Ask a VM about its container engine",
    async () => (await import("./engine.ts")).engineStatus,
  ),
  entry(
    ["engine", "recipes"],
    "Engine",
    "List how engines are installed, and where that is proven",
    async () => (await import("./engine.ts")).engineRecipes,
  ),

  entry(
    ["doctor"],
    "Host",
    "Check this host, and finish what was interrupted",
    async () => (await import("./doctor.ts")).doctor,
  ),
  entry(["ui"], "Host", "Open the terminal UI", async () => (await import("./ui.ts")).ui),
  entry(
    ["version"],
    "Host",
    "Show the versions of hutch, Node and libvirt",
    async () => (await import("./version.ts")).version,
  ),
];

/** `hutch` without a command. */
export const BARE: Entry = entry([], "", "", async () => (await import("./bare.ts")).bare);
