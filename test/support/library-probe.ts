/** Run in a lane, by the name of a VM: what the library's `run` makes of awkward commands, as JSON. */
import { connect, isHutchError } from "../../src/index.ts";

const [name = ""] = process.argv.slice(2);
await using host = await connect();
const vm = host.vm(name);
const codeOf = (error: unknown) => (isHutchError(error) ? error.code : error instanceof Error ? error.name : "?");
const words = ["a b", "$HOME", "it's", '"', "日本", "line\nline", "", "*", "--", "\\"];
const [outputs, failing, late, stopped, stats] = await Promise.all([
  vm.run(["sh", "-c", 'cat; echo told >&2; for word; do printf "%s\\0" "$word"; done; exit 7', "sh", ...words], {
    stdin: "given\n",
  }),
  vm.run(["sh", "-c", "exit 255"]),
  vm.run(["sleep", "600"], { timeoutMs: 3_000 }).catch(codeOf),
  vm.run(["sleep", "600"], { signal: AbortSignal.timeout(3_000) }).catch(codeOf),
  vm.stats()[Symbol.asyncIterator]().next(),
]);
// Both commands were ended in the guest as well.
const { stdout: asleep } = await vm.run(["pgrep", "-x", "sleep"]);
console.log(JSON.stringify({ words, outputs, failing, late, stopped, asleep, stats: stats.value?.machines }));
