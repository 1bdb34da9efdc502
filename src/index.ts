/**
 * The library: what a provisioning script imports, and the only door that the CLI and the TUI use.
 *
 *     import { connect } from "hutch";
 *     await using hutch = await connect();
 *     const { machine } = await hutch.launch({ image: "debian-13", engine: "docker" }).result;
 */

import type { MachineView } from "./core/machine/view.ts";
import type * as R from "./core/requests.ts";
import type { Readiness } from "./core/requests.ts";
import type { Operation } from "./ops/operation.ts";

export type ConnectOptions = {
  /** A libvirt URI; chosen from the environment and the user's rights when omitted. */
  readonly uri?: string;
  /** Reads only: runs libvirt on this thread, which starts faster. */
  readonly readonly?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
};

export type RunStreams = {
  /** `inherit` hands over the caller's terminal or pipes. */
  readonly stdio: "inherit";
  readonly tty?: boolean;
};

/** A connection to one libvirt host. Every method throws `HutchError`; close it, or use `await using`. */
export interface Hutch extends AsyncDisposable {
  readonly uri: string;
  readonly mode: "session" | "system" | "other";
  /** All VMs, foreign and trashed ones too. */
  list(): Promise<readonly MachineView[]>;
  info(name: string): Promise<R.MachineInfo>;
  launch(request: R.LaunchRequest): Operation<R.LaunchResult>;
  /** What `launch` would do; changes nothing. */
  plan(request: R.LaunchRequest): Promise<R.LaunchPlan>;
  start(
    names: readonly string[],
    options?: { waitFor?: Readiness; timeoutMs?: number },
  ): Operation<readonly R.PowerResult[]>;
  stop(request: R.StopRequest): Operation<readonly R.PowerResult[]>;
  restart(request: R.StopRequest): Operation<readonly R.PowerResult[]>;
  /** Into the trash, or with `purge` for good. */
  delete(request: R.DeleteRequest): Operation<readonly R.PowerResult[]>;
  recover(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  /** What is in the trash, for good; all of it when no name is given. */
  purge(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  /** What a purge of these would remove, for the prompt. */
  losses(names: readonly string[]): Promise<readonly { name: string; what: readonly string[] }[]>;
  wait(name: string, options: { for: Readiness; timeoutMs?: number }): Operation<R.LaunchResult>;
  /** Runs argv in the guest over ssh with exact quoting; resolves to its exit code. */
  exec(name: string, argv: readonly string[], streams: RunStreams): Promise<number>;
  shell(name: string): Promise<number>;
  /** Lines, guest output cleaned of escapes; ends by itself unless `follow`. */
  logs(name: string, options: { kind: R.LogKind; follow?: boolean; signal?: AbortSignal }): AsyncIterable<string>;
  readonly images: {
    list(): Promise<readonly R.ImageRow[]>;
    catalogue(): Promise<readonly R.CatalogueRow[]>;
    pull(name: string, options?: { buildIfUnreachable?: boolean }): Operation<R.ImageRow>;
    build(name: string): Operation<R.ImageRow>;
    /** A local disk image file into the store. */
    import(file: string, options?: { name?: string }): Operation<R.ImageRow>;
    remove(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  };
  readonly engine: {
    install(
      engine: string,
      names: readonly string[],
      options?: { mirror?: string },
    ): Operation<readonly R.EngineStatus[]>;
    status(name: string): Promise<R.EngineStatus>;
    recipes(): readonly R.EngineRecipeRow[];
  };
  /** Looks, and with `fix` finishes the clean-up of operations that died and repairs what is safe to repair. */
  doctor(options?: { fix?: boolean }): Promise<R.DoctorReport>;
  close(): Promise<void>;
}
