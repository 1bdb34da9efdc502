/** The settings of hutch, and which of the places that may say one won. Pure. */
import { DEFAULTS } from "./machine/spec.ts";

/** A place that may say a setting, and what it says; null: nothing. */
export type SettingPlace = { readonly place: string; readonly value: string | null };

export type SettingRow = {
  readonly key: string;
  /** What is done with it, in a few words. */
  readonly text: string;
  /** As it holds now; null: there is none. */
  readonly value: string | null;
  /** Where that is from. */
  readonly from: string;
  /** Every place that may say it, the strongest first. */
  readonly places: readonly SettingPlace[];
};

type Setting = {
  readonly text: string;
  /** As the command line takes it, for words. */
  readonly flag?: string;
  /** Environment variables that win over the file. */
  readonly over?: readonly string[];
  /** Environment variables that the file wins over. */
  readonly under?: readonly string[];
  /** What holds when nobody says anything. */
  readonly value?: string;
  /** The same in words, where it is no value. */
  readonly otherwise?: string;
};

export const SETTINGS: Readonly<Record<string, Setting>> = {
  connect: {
    text: "the libvirt to use: a URI, or a name of hutch host ls",
    flag: "--connect",
    over: ["HUTCH_CONNECT"],
    under: ["LIBVIRT_DEFAULT_URI"],
  },
  image: { text: "what launch takes when no image is named", flag: "IMAGE of launch", value: DEFAULTS.image },
  imageMirror: { text: "stands for scheme and host of the publishers' addresses", otherwise: "the publishers' own" },
  bake: {
    text: "auto: bake by itself what would spare an engine's installation, and anew when its base is",
    value: "offer",
  },
  "engine.mirror": {
    text: "where the engine's packages come from",
    flag: "--mirror of engine install",
    otherwise: "the engine's own repository",
  },
  "engine.mirrorKey": { text: "fingerprint of the key that a mirror signs with", otherwise: "the engine's own key" },
  "engine.registryMirrors": { text: "mirrors of Docker Hub", otherwise: "none" },
  "engine.proxy.http": { text: "the guests' proxy for http", otherwise: "none" },
  "engine.proxy.https": { text: "the guests' proxy for https", otherwise: "none" },
  "engine.proxy.no": { text: "what goes past the proxy", otherwise: "nothing" },
  "engine.logMaxSize": { text: "of one container's log file", value: "10m" },
  "ui.theme": { text: "dark or light", flag: "--theme of ui", otherwise: "as the terminal's background says" },
  "ui.ascii": {
    text: "draw the terminal UI with plain ASCII",
    flag: "--ascii of ui",
    otherwise: "as the terminal needs",
  },
  "ui.mouse": { text: "whether the terminal UI takes the mouse", flag: "--no-mouse of ui", value: "yes" },
  "ui.screenReader": {
    text: "sentences instead of a picture",
    flag: "--screen-reader of ui",
    over: ["INK_SCREEN_READER"],
    value: "no",
  },
  "ui.readonly": { text: "whether the terminal UI only looks", flag: "--readonly of ui", value: "no" },
};

/** Settings under a name that the user chooses: a distribution, an action, a view. */
const NAMED: readonly (readonly [key: RegExp, form: string, setting: Setting])[] = [
  [
    /^images\.mirrors\..+$/,
    "images.mirrors.DISTRIBUTION",
    {
      text: "where a distribution's images, or one image of the catalogue, are downloaded from",
      flag: "--mirror of image pull",
      otherwise: "its publisher",
    },
  ],
  [/^ui\.keys\..+$/, "ui.keys.ACTION", { text: "the keys of an action of the terminal UI", otherwise: "its own" }],
  [/^views\.[^.]+\.filter$/, "views.NAME.filter", { text: "which VMs the view shows", otherwise: "all" }],
  [/^views\.[^.]+\.sort$/, "views.NAME.sort", { text: "the column it is in the order of", otherwise: "as they come" }],
  [/^views\.[^.]+\.columns$/, "views.NAME.columns", { text: "what it shows of each", otherwise: "the usual columns" }],
];

/** The keys of every setting; those that the user names, in capitals where the name goes. */
export const SETTING_KEYS: readonly string[] = [...Object.keys(SETTINGS), ...NAMED.map(([, form]) => form)];

export function isSetting(key: string): boolean {
  return settingOf(key) !== undefined;
}

/** A setting that holds a list, which `config set` takes with commas. */
export function isList(key: string): boolean {
  return key === "engine.registryMirrors" || /^ui\.keys\.|^views\.[^.]+\.columns$/.test(key);
}

/** Where a setting stands in the file: an action's id and an image's name have dots of their own. */
export function pathOf(key: string): readonly string[] {
  const [, section, part, name] = /^(ui|images)\.(keys|mirrors)\.(.+)$/.exec(key) ?? [];
  return section === undefined || part === undefined || name === undefined ? key.split(".") : [section, part, name];
}

function settingOf(key: string): Setting | undefined {
  if (Object.hasOwn(SETTINGS, key)) return SETTINGS[key];
  return NAMED.find(([pattern]) => pattern.test(key))?.[2];
}

export type SettingSources = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: string;
  /** Settings under names of the user's own that are asked for, or that the file has. */
  readonly named: readonly string[];
  /** What the file says, as text. */
  readonly said: (key: string) => string | null;
  /** What a flag of this command line says. */
  readonly flags: Readonly<Record<string, string>>;
  /** What holds where it depends on the host. */
  readonly defaults: Readonly<Record<string, string>>;
};

export function settingRows({ env, file, named, said, flags, defaults }: SettingSources): readonly SettingRow[] {
  return [...Object.keys(SETTINGS), ...named].map((key) => {
    const { text, flag, over = [], under = [], value, otherwise } = settingOf(key) ?? { text: "" };
    const variable = (name: string): SettingPlace => ({ place: `$${name}`, value: env[name] || null });
    const last = otherwise === undefined ? "default" : `default: ${otherwise}`;
    const places: readonly SettingPlace[] = [
      ...(flag === undefined ? [] : [{ place: flag, value: flags[key] ?? null }]),
      ...over.map(variable),
      { place: file, value: said(key) },
      ...under.map(variable),
      { place: last, value: defaults[key] ?? value ?? null },
    ];
    const winner = places.find((each) => each.value !== null);
    return { key, text, value: winner?.value ?? null, from: winner?.place ?? last, places };
  });
}
