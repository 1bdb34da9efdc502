/**
 * The figures to reach, as ratios. `npm run bench` prints the table and exits 1 when one is missed; `npm run bench NAME…`
 * runs only those whose name contains a word; `-- --guests` adds those that boot real guests (minutes).
 */
import { enterFigures } from "./enter-figures.ts";
import { type Figure, figures } from "./figures.ts";
import { guestFigures } from "./guest-figures.ts";
import { tuiFigures } from "./tui-figures.ts";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const all = [
  ...figures,
  ...tuiFigures,
  ...(process.argv.includes("--guests") ? [...guestFigures, ...enterFigures] : []),
];
const chosen = all.filter(({ what }) => words.length === 0 || words.some((word) => what.includes(word)));

let missed = 0;
for (const figure of chosen) for (const line of await lines(figure)) console.log(line);
process.exitCode = missed === 0 ? 0 : 1;

async function lines({ what, run }: Figure): Promise<string[]> {
  const results = await run();
  return results.map(({ yardstick, value, reach, unit = "x", detail }) => {
    const ok = value <= reach;
    if (!ok) missed++;
    return `${ok ? "ok  " : "MISS"}  ${what.padEnd(34)} ${value.toFixed(2)}${unit} of ${yardstick} (reach ${reach}${unit})  ${detail}`;
  });
}
