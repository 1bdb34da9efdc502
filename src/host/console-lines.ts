import { StringDecoder } from "node:string_decoder";
import { cleanConsole } from "#cloud-init";

/** A guest may write without ever ending a line. */
const LONGEST_LINE = 4_096;

/** Makes lines of what a guest writes, cleaned of escapes, however it comes in pieces. */
export class ConsoleLines {
  #decoder = new StringDecoder("utf8");
  #line = "";

  /** The lines that these bytes complete. */
  take(bytes: Uint8Array): readonly string[] {
    const lines = (this.#line + this.#decoder.write(bytes)).split("\n");
    this.#line = lines.pop() ?? "";
    if (this.#line.length > LONGEST_LINE) lines.push(this.#line.slice(0, LONGEST_LINE));
    if (this.#line.length > LONGEST_LINE) this.#line = "";
    return lines.map((line) => cleanConsole(line.slice(0, LONGEST_LINE)));
  }

  /** What stands after the last whole line. */
  rest(): readonly string[] {
    return this.#line === "" ? [] : [cleanConsole(this.#line)];
  }
}

/** Told what stands after the last whole line, as a prompt does, whenever that is something else; empty when nothing does. */
export type OnPrompt = (text: string) => void;

/** Passes on what has changed. */
export function whenChanged(onPrompt: OnPrompt | undefined): (rest: readonly string[]) => void {
  let told = "";
  return ([prompt = ""]) => {
    if (prompt !== told) onPrompt?.(prompt);
    told = prompt;
  };
}
