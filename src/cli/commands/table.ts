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
  entry(["stats"], "See", "Show what running VMs use", async () => (await import("./stats.ts")).stats, ["top"]),
  entry(
    ["events"],
    "See",
    "Tell what happens to VMs, networks and pools",
    async () => (await import("./events.ts")).events,
  ),
  entry(
    ["logs"],
    "See",
    "Show what a VM's console, cloud-init or QEMU said",
    async () => (await import("./logs.ts")).logs,
  ),
  entry(["wait"], "See", "Wait until a VM has come to a stage", async () => (await import("./wait.ts")).wait),

  entry(["start"], "Power", "Start VMs", async () => (await import("./power.ts")).start),
  entry(["stop"], "Power", "Shut VMs down", async () => (await import("./power.ts")).stop),
  entry(["restart"], "Power", "Shut VMs down and start them again", async () => (await import("./power.ts")).restart),

  entry(["pause"], "Power", "Hold VMs where they are", async () => (await import("./suspend.ts")).pause),
  entry(["resume"], "Power", "Let paused VMs go on", async () => (await import("./suspend.ts")).resume),
  entry(
    ["save"],
    "Power",
    "Put the memory of VMs on the disk and switch them off",
    async () => (await import("./suspend.ts")).save,
    ["suspend"],
  ),

  entry(["shell"], "Enter", "Open a shell in a VM", async () => (await import("./shell.ts")).shell, ["ssh"]),
  entry(
    ["exec"],
    "Enter",
    "Run one command in a VM; its exit code is passed through",
    async () => (await import("./exec.ts")).exec,
  ),

  entry(
    ["set"],
    "Change",
    "Set sizes, autostart, tags and the like of a VM",
    async () => (await import("./set.ts")).set,
  ),
  entry(["rename"], "Change", "Give a VM another name", async () => (await import("./identity.ts")).rename),
  entry(
    ["clone"],
    "Change",
    "Make a copy of a VM that is a machine of its own",
    async () => (await import("./identity.ts")).clone,
    ["copy"],
  ),
  entry(["edit"], "Change", "Open a VM's definition in an editor", async () => (await import("./edit.ts")).edit),
  entry(["adopt"], "Change", "Look after a VM that others made", async () => (await import("./identity.ts")).adopt),
  entry(["disk", "ls"], "Change", "List the disks of a VM", async () => (await import("./disk.ts")).diskList, ["list"]),
  entry(
    ["disk", "attach"],
    "Change",
    "Attach a data disk to a VM",
    async () => (await import("./disk.ts")).diskAttach,
    ["add"],
  ),
  entry(
    ["disk", "detach"],
    "Change",
    "Detach a data disk from a VM",
    async () => (await import("./disk.ts")).diskDetach,
    ["rm", "remove"],
  ),

  entry(["export"], "Undo", "Write a VM into one file", async () => (await import("./archive.ts")).exportVm),
  entry(["import"], "Undo", "Make a VM from such a file", async () => (await import("./archive.ts")).importVm),
  entry(
    ["snapshot", "create"],
    "Undo",
    "Take a snapshot of a VM",
    async () => (await import("./snapshot.ts")).snapshotCreate,
    ["take"],
  ),
  entry(
    ["snapshot", "ls"],
    "Undo",
    "List the snapshots of a VM",
    async () => (await import("./snapshot.ts")).snapshotList,
    ["list"],
  ),
  entry(
    ["snapshot", "tree"],
    "Undo",
    "Show which snapshot stands on which",
    async () => (await import("./snapshot.ts")).snapshotTree,
  ),
  entry(
    ["snapshot", "restore"],
    "Undo",
    "Bring a VM back to a snapshot",
    async () => (await import("./snapshot.ts")).snapshotRestore,
    ["revert"],
  ),
  entry(
    ["snapshot", "rm"],
    "Undo",
    "Remove snapshots of a VM",
    async () => (await import("./snapshot.ts")).snapshotRemove,
    ["remove", "delete"],
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
    ["image", "bake"],
    "Images",
    "Run a recipe once and keep the result as an image",
    async () => (await import("./image-bake.ts")).imageBake,
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

  entry(["network", "ls"], "Host", "List the host's networks", async () => (await import("./network.ts")).networkList, [
    "list",
  ]),
  entry(
    ["network", "info"],
    "Host",
    "Show one network, and who uses it",
    async () => (await import("./network.ts")).networkInfo,
  ),
  entry(
    ["network", "leases"],
    "Host",
    "List the addresses that a network gave",
    async () => (await import("./network.ts")).networkLeases,
  ),
  entry(["network", "create"], "Host", "Make a network", async () => (await import("./network.ts")).networkCreate),
  entry(
    ["network", "rm"],
    "Host",
    "Remove a network that nobody uses",
    async () => (await import("./network.ts")).networkRemove,
    ["remove"],
  ),
  entry(["pool", "ls"], "Host", "List the host's storage pools", async () => (await import("./pool.ts")).poolList, [
    "list",
  ]),
  entry(["pool", "info"], "Host", "Show one pool and its volumes", async () => (await import("./pool.ts")).poolInfo),
  entry(["pool", "add"], "Host", "Make a folder a storage pool", async () => (await import("./pool.ts")).poolAdd),
  entry(
    ["autostart", "enable"],
    "Host",
    "Bring VMs back in order after a reboot of the host",
    async () => (await import("./autostart.ts")).autostartEnable,
  ),
  entry(
    ["autostart", "disable"],
    "Host",
    "Take that back",
    async () => (await import("./autostart.ts")).autostartDisable,
  ),
  entry(
    ["autostart", "status"],
    "Host",
    "Show which VMs come back with the host",
    async () => (await import("./autostart.ts")).autostartStatus,
  ),
  entry(
    ["names", "enable"],
    "Host",
    "Give VMs names on this host: NAME.hutch",
    async () => (await import("./names.ts")).namesEnable,
  ),
  entry(["names", "disable"], "Host", "Take those names away", async () => (await import("./names.ts")).namesDisable),
  entry(
    ["names", "status"],
    "Host",
    "Show the names that VMs have on this host",
    async () => (await import("./names.ts")).namesStatus,
  ),
  entry(["config", "get"], "Host", "Show hutch's settings", async () => (await import("./config.ts")).configGet),
  entry(["config", "set"], "Host", "Change a setting", async () => (await import("./config.ts")).configSet),
  entry(
    ["config", "explain"],
    "Host",
    "Show where a setting comes from",
    async () => (await import("./config.ts")).configExplain,
  ),
  entry(
    ["completion"],
    "Host",
    "Print what makes a shell complete hutch's words",
    async () => (await import("./completion.ts")).completion,
  ),
  entry(
    ["doctor"],
    "Host",
    "Check this host, and finish what was interrupted",
    async () => (await import("./doctor.ts")).doctor,
  ),
  entry(
    ["version"],
    "Host",
    "Show the versions of hutch, Node and libvirt",
    async () => (await import("./version.ts")).version,
  ),
];

/** `hutch` without a command. */
export const BARE: Entry = entry([], "", "", async () => (await import("./bare.ts")).bare);
