/** Ways on that are typed on this host, by whoever runs this: root needs no sudo, and often has none. */
export function asTyped(lines: readonly string[], isRoot = process.getuid?.() === 0): readonly string[] {
  return isRoot ? lines.map((line) => line.replace(/(^|&& |: )sudo /g, "$1")) : lines;
}
