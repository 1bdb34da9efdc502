/** Who may import whom. A file's room is the longest prefix that matches; imports go down, never up or sideways, unless named here. */
export type Room = {
  readonly path: string;
  /** Rooms it may import, by path; itself always. */
  readonly may: readonly string[];
  /** npm packages it may import. */
  readonly npm: readonly string[];
  /** Whether Node's own modules are allowed. */
  readonly node: boolean;
};

const LEAVES = ["ffi", "images", "cloud-init"];

export const ROOMS: readonly Room[] = [
  { path: "ffi", may: [], npm: ["koffi"], node: true },
  { path: "images", may: [], npm: ["yaml"], node: true },
  { path: "cloud-init", may: [], npm: ["yaml"], node: true },
  { path: "src/core", may: [], npm: [], node: false },
  { path: "src/host", may: ["src/core", ...LEAVES], npm: ["@xmldom/xmldom", "yaml"], node: true },
  { path: "src/ops", may: ["src/core"], npm: [], node: true },
  { path: "src/usecases", may: ["src/core", "src/host", "src/ops", ...LEAVES], npm: [], node: true },
  {
    path: "src/index.ts",
    may: [
      "src/core",
      "src/host",
      "src/ops",
      "src/usecases",
      "src/handles.ts",
      "src/hosts.ts",
      "src/hutch.ts",
      "src/settings.ts",
    ],
    npm: [],
    node: true,
  },
  // Of the door itself it knows the types alone.
  { path: "src/hosts.ts", may: ["src/core", "src/hutch.ts", "src/usecases"], npm: [], node: false },
  { path: "src/handles.ts", may: ["src/core", "src/hutch.ts", "src/ops"], npm: [], node: false },
  { path: "src/settings.ts", may: ["src/core", "src/hutch.ts", "src/usecases"], npm: [], node: false },
  { path: "src/hutch.ts", may: ["src/core", "src/ops", "src/usecases"], npm: [], node: false },
  { path: "src/cli", may: ["src/core", "src/index.ts"], npm: ["commander", "inquirer", "yaml"], node: true },
  { path: "src/tui", may: ["src/core", "src/index.ts"], npm: ["ink", "react", "string-width"], node: true },
  { path: "src/terminal-ui.ts", may: ["src/core", "src/index.ts", "src/cli", "src/tui"], npm: [], node: true },
  { path: "src/main.ts", may: ["src/core", "src/index.ts", "src/cli", "src/terminal-ui.ts"], npm: [], node: true },
  { path: "src/start.ts", may: ["src/main.ts"], npm: [], node: true },
];

/** Leaf rooms are entered through their `index.ts`; inside the house by these names. */
export const DOORS: Readonly<Record<string, string>> = {
  "#ffi": "ffi/index.ts",
  "#images": "images/index.ts",
  "#cloud-init": "cloud-init/index.ts",
};

export function roomOf(file: string): Room | undefined {
  return ROOMS.filter((room) => file === room.path || file.startsWith(`${room.path}/`)).sort(
    (a, b) => b.path.length - a.path.length,
  )[0];
}
