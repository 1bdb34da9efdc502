/** Run in a lane, by the name of a VM and of one of its containers: what the library tells of them, as JSON. */
import { connect, isHutchError } from "../../src/index.ts";

const [name = "", container = ""] = process.argv.slice(2);
await using host = await connect({ readonly: true });
const vm = host.vm(name);
const report = await vm.containers().catch((error: unknown) => (isHutchError(error) ? error.toData() : String(error)));
const said: string[] = [];
if (container !== "") for await (const line of vm.containerLogs(container)) said.push(line);
console.log(JSON.stringify({ report, said }));
