/** Makes a VM, puts a file into it and reads it back: `NAME=web node provision.ts`. */
import { connect } from "hutch";

const { IMAGE = "debian-13", NAME = "web" } = process.env;

// Closes the connection at the end of the block, whatever happens in it.
await using host = await connect();

// Long work is an operation: its events tell how it goes, its result what came of it.
const launching = host.launch(
  { name: NAME, image: IMAGE, cpus: 1, memoryMiB: 1024 },
  { signal: AbortSignal.timeout(3_600_000) },
);
for await (const event of launching) {
  if (event.k === "step.begin") console.error(event.title);
}
const { machine, stages } = await launching.result;

// A handle is the library with the name already in place.
const vm = host.vm(machine.name);
const wrote = await vm.run(["sudo", "tee", "/srv/hello, world.txt"], { stdin: "Hello from a VM.\n" });
if (wrote.code !== 0) throw new Error(wrote.stderr);
const { stdout } = await vm.run(["cat", "/srv/hello, world.txt"]);

console.log(JSON.stringify({ name: machine.name, address: machine.address, stages: stages.length, said: stdout }));
