/** The screen for React: a row of text a line. Everything that is on it was decided before it came here. */
import { Box, Text, useApp, useStdin, useStdout } from "ink";
import { createElement, memo, useEffect, useMemo, useSyncExternalStore } from "react";
import { type Input, KeySplitter } from "../input/keys.ts";
import { frame } from "../layout/frame.ts";
import type { Program } from "../program.ts";
import type { Look } from "../theme/look.ts";

/** A bare Esc is told from the beginning of a sequence by the silence after it. Milliseconds. */
const SILENCE_MS = 25;

/** What is needed to give the terminal away and to take it back. */
export type Grip = {
  /** Whether what is typed is heard here. */
  listen(on: boolean): void;
  suspendTerminal(work: () => Promise<void>): Promise<void>;
};

export type AppProps = {
  readonly program: Program;
  readonly look: Look;
  readonly onGrip: (grip: Grip) => void;
  /** The screen is not what was drawn any more. */
  readonly onResize: () => void;
};

export function App({ program, look, onGrip, onResize }: AppProps) {
  const state = useSyncExternalStore(program.store.subscribe, program.store.get);
  useKeys(program, onGrip);
  useSize(program, onResize);
  const lines = useMemo(() => frame({ ...program.ground(), state, look }), [program, state, look]);
  return createElement(
    Box,
    { flexDirection: "column", width: state.size.columns, height: state.size.rows, overflow: "hidden" },
    lines.map((text, row) => createElement(Row, { key: row, text })),
  );
}

const Row = memo(function Row({ text }: { readonly text: string }) {
  return createElement(Text, { wrap: "truncate" }, text);
});

function useKeys(program: Program, onGrip: (grip: Grip) => void): void {
  const { stdin, setRawMode } = useStdin();
  const { suspendTerminal } = useApp();
  useEffect(() => {
    const splitter = new KeySplitter();
    let timer: NodeJS.Timeout | null = null;
    const take = (inputs: readonly Input[]) => {
      for (const input of inputs) program.input(input);
    };
    const hear = (chunk: string | Buffer) => {
      if (timer !== null) clearTimeout(timer);
      take(splitter.push(chunk.toString()));
      timer = splitter.pending ? setTimeout(() => take(splitter.flush()), SILENCE_MS) : null;
    };
    const listen = (on: boolean) => {
      if (timer !== null) clearTimeout(timer);
      if (on) stdin.on("data", hear);
      else stdin.off("data", hear);
    };
    setRawMode(true);
    listen(true);
    onGrip({ listen, suspendTerminal });
    return () => {
      listen(false);
      setRawMode(false);
    };
  }, [program, onGrip, stdin, setRawMode, suspendTerminal]);
}

function useSize(program: Program, onResize: () => void): void {
  const { stdout } = useStdout();
  useEffect(() => {
    const tell = () => {
      const { columns = 80, rows = 24 } = stdout as NodeJS.WriteStream;
      onResize();
      program.store.send({ m: "size", size: { columns, rows } });
    };
    stdout.on("resize", tell);
    return () => {
      stdout.off("resize", tell);
    };
  }, [program, stdout, onResize]);
}
