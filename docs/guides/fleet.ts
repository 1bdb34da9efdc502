/** Several VMs side by side; when one fails, or at Ctrl-C, all of them are taken back. */
import { connect, isHutchError } from "hutch";

const names = process.argv.slice(2);
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

await using host = await connect();
try {
  const launches = names.map((name) => host.launch({ name, start: false }, { signal: stop.signal }));
  await Promise.all(launches.map(({ result }) => result));
  console.log((await host.vms()).map(({ name }) => name).join(" "));
} catch (error) {
  stop.abort();
  if (!isHutchError(error)) throw error;
  // What happened, why, and what to type next; the code is for programs.
  console.error(error.code, error.message, error.next);
  process.exitCode = error.exitCode;
}
