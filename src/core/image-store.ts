/** What the faces ask of the image store, and what they get back. */

export type PullOptions = {
  /** Build it here, without asking, when its host cannot be reached. */
  readonly buildIfUnreachable?: boolean;
  /** `tuna`, `ustc`, `aliyun` or an address; the config's when omitted. */
  readonly mirror?: string;
  /** Speak to a registry without TLS; loopback needs no such word. */
  readonly plainHttp?: boolean;
};

export type ImportOptions = {
  /** The file's own name when omitted. */
  readonly name?: string;
  /** `sha256:…` or `sha512:…` of the file as it is named; required for an http address. */
  readonly digest?: string;
};

export type PushOptions = { readonly plainHttp?: boolean };
export type PushResult = {
  readonly name: string;
  /** As it was given. */
  readonly reference: string;
  /** `sha256:…`, by which exactly this image can be pulled. */
  readonly manifest: string;
};

export type PruneOptions = {
  /** Milliseconds since it came into the store; 30 days when omitted. */
  readonly olderThanMs?: number;
  /** Whatever its age, and also what cannot be downloaded again: built, baked and imported images. */
  readonly all?: boolean;
};
export type PruneRow = {
  readonly name: string;
  /** `sha256:…`; null for a piece of a download. */
  readonly digest: string | null;
  readonly bytes: number;
  /** Why it may go. */
  readonly why: string;
};
export type PrunePlan = { readonly rows: readonly PruneRow[]; readonly bytes: number };
