/** The nouns: images, engines, the host and what is around it. */
import { type Entry, entry } from "./entry.ts";

export const HOST_ENTRIES: readonly Entry[] = [
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
    "Copy a disk image into the store, from a file or address",
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

  entry(["host", "ls"], "Host", "List the hosts that have names", async () => (await import("./host.ts")).hostList, [
    "list",
  ]),
  entry(["host", "add"], "Host", "Give a libvirt host a name", async () => (await import("./host.ts")).hostAdd),
  entry(["host", "use"], "Host", "Make a host the default", async () => (await import("./host.ts")).hostUse),
  entry(["host", "info"], "Host", "Show what a host has", async () => (await import("./host.ts")).hostInfo, [
    "inspect",
  ]),
  entry(["host", "rm"], "Host", "Forget a host's name", async () => (await import("./host.ts")).hostRemove, ["remove"]),
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
  entry(["ui"], "Host", "Open the terminal UI", async () => (await import("./ui.ts")).ui),
  entry(
    ["version"],
    "Host",
    "Show the versions of hutch, Node and libvirt",
    async () => (await import("./version.ts")).version,
  ),
];
