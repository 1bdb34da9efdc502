/** What differs between two texts, line by line. */

export type DiffLine = { readonly mark: " " | "-" | "+"; readonly text: string };

/** Lines that are the same are kept only near others. */
const CONTEXT = 2;

/** Empty when nothing differs. By longest common subsequence: for definitions, which have hundreds of lines. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before.split("\n");
  const b = after.split("\n");
  const common = commonLengths(a, b);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ mark: " ", text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ mark: "-", text: left });
      i++;
    } else {
      lines.push({ mark: "+", text: right ?? "" });
      j++;
    }
  }
  const changed = lines.flatMap(({ mark }, index) => (mark === " " ? [] : [index]));
  return lines.filter((_, index) => changed.some((each) => Math.abs(each - index) <= CONTEXT));
}

function commonLengths(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
  const rows: number[][] = [new Array<number>(b.length + 1).fill(0)];
  for (let i = a.length - 1; i >= 0; i--) {
    const below = rows[0] ?? [];
    const row = new Array<number>(b.length + 1).fill(0);
    for (let j = b.length - 1; j >= 0; j--)
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    rows.unshift(row);
  }
  return rows;
}

function at(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}
