/** Containers of the engine inside a VM, as the guest tells of them: its words are cleaned and cut off, and are not to be trusted. */

export const CONTAINER_STATES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"] as const;
export type ContainerState = (typeof CONTAINER_STATES)[number];

/** What a container may take at most; null: all that its VM has. */
export type ContainerLimits = {
  /** Whole CPUs and parts of them. */
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
};

export type Container = {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  /** null: it has no health check. */
  readonly health: "starting" | "healthy" | "unhealthy" | null;
  /** Of its last end; null while it runs, and before it ever did. */
  readonly exitCode: number | null;
  /** What it uses now; null when it does not run. `cpuPercent` is of one CPU: two busy CPUs are 200. */
  readonly use: { readonly cpuPercent: number; readonly memoryBytes: number } | null;
  readonly limits: ContainerLimits;
};

export type ContainerReport = {
  /** The VM's. */
  readonly name: string;
  /** null: the guest has none. */
  readonly engine: "docker" | null;
  /** What runs the engine's commands in the guest: `docker`, or that through sudo. */
  readonly docker: readonly string[];
  /** By name. */
  readonly containers: readonly Container[];
  /** How many there are: more than `containers` where those are too many, or one could not be read. */
  readonly total: number;
};

export type ContainerLogOptions = {
  readonly follow?: boolean;
  /** Lines from before; 1,000 when omitted. */
  readonly tail?: number;
  readonly signal?: AbortSignal;
};

/** Whether it may take all that its VM has of something, and so starve the others. */
export function isUnlimited({ limits }: Pick<Container, "limits">): boolean {
  return limits.cpus === null || limits.memoryBytes === null;
}
