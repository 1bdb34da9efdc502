import type { Input, MethodName, Output } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";

/** How a long call talks to its caller while it runs. */
export type CallContext = {
  /** Whether the caller has given up; looked at between chunks. */
  readonly aborted: () => boolean;
  readonly progress: (done: number, total: number) => void;
};

export type Handler<M extends MethodName> = (c: Connection, input: Input<M>, context: CallContext) => Output<M>;

export type Handlers<M extends MethodName = MethodName> = { readonly [K in M]: Handler<K> };

/** The methods of one noun. */
export type HandlersOf<Noun extends string> = Handlers<Extract<MethodName, `${Noun}.${string}`>>;
