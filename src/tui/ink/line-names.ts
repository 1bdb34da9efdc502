/**
 * Lines go through Ink by name: of a line it makes an object for each cell of each frame, which was four fifths of all that
 * a second of a thousand VMs left to the garbage collector. Where a line stands and when it is written is still Ink's.
 */
export class LineNames {
  #names: ReadonlyMap<string, string> = new Map();
  #lines: ReadonlyMap<string, string> = new Map();
  #last = 0;

  /** A line that was in the frame before keeps its name; lines that are no longer in it are forgotten. */
  of(lines: readonly string[]): readonly string[] {
    const names = new Map<string, string>();
    const named = lines.map((line) => {
      const name = names.get(line) ?? this.#names.get(line) ?? this.#another();
      names.set(line, name);
      return name;
    });
    this.#names = names;
    this.#lines = new Map(Array.from(names, ([line, name]) => [name, line]));
    return named;
  }

  /** Ink's own words, about a fault, are no name and stand for themselves. */
  line(name: string): string {
    return this.#lines.get(name) ?? name;
  }

  #another(): string {
    this.#last += 1;
    return `${this.#last}`;
  }
}
