/** The screen for React: a component a line, by the line's name. Everything that is on it was decided before it came here. */
import { Box, render, Text, useApp, useStdin } from "ink";
import { createElement, memo, useEffect, useMemo, useSyncExternalStore } from "react";
import { type Input, KeySplitter } from "../input/keys.ts";
import type { Program } from "../program.ts";
import type { Canvas } from "./canvas.ts";
import { paced } from "./pace.ts";

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
  /** The same lines while nothing that can be seen has changed. */
  readonly picture: () => readonly string[];
  /** As many frames a second as are drawn at most. */
  readonly maxFps: number;
  readonly onGrip: (grip: Grip) => void;
};

export type Drawing = {
  /** Rejects with what broke it. */
  readonly ended: Promise<unknown>;
  end(): void;
};

/** Ink draws on `canvas` and hears `stdin` until the end. */
export function drawWithInk(
  props: AppProps,
  streams: { readonly stdin: NodeJS.ReadStream; readonly stderr: NodeJS.WritableStream; readonly canvas: Canvas },
): Drawing {
  const { stdin, stderr, canvas } = streams;
  const instance = render(createElement(App, { ...props, canvas }), {
    stdin,
    stderr: stderr as NodeJS.WriteStream,
    stdout: canvas as unknown as NodeJS.WriteStream,
    interactive: true,
    // Every frame, whole: what of it has changed is the canvas's to know, and how often one comes is the App's.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return { ended: instance.waitUntilExit(), end: () => instance.unmount() };
}

function App({ program, picture, maxFps, onGrip, canvas }: AppProps & { readonly canvas: Canvas }) {
  const subscribe = useMemo(() => paced(program.store.subscribe, 1000 / maxFps), [program, maxFps]);
  const lines = useSyncExternalStore(subscribe, picture);
  const names = useMemo(() => canvas.named(lines), [canvas, lines]);
  useKeys(program, onGrip);
  const { columns } = program.store.get().size;
  return createElement(
    Box,
    { flexDirection: "column", width: columns, height: lines.length },
    names.map((name, row) => createElement(Row, { key: row, name })),
  );
}

const Row = memo(function Row({ name }: { readonly name: string }) {
  return createElement(Text, { wrap: "truncate" }, name);
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
