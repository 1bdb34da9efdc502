/** A host of libvirt's test driver as a file: every connection to it is a host of its own that begins as the file says. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { el, render } from "../../src/host/xml-emit.ts";

/** Its URI. The VMs run; one of a name has the same UUID on every host. */
export function writeTestHost(folder: string, name: string, machines: readonly string[]): string {
  const file = join(folder, `${name}.xml`);
  const domain = (machine: string) =>
    el(
      "domain",
      { type: "test" },
      el("name", {}, machine),
      el("uuid", {}, uuidOf(machine)),
      el("memory", { unit: "MiB" }, 1024),
      el("vcpu", {}, 1),
      el("os", {}, el("type", {}, "hvm")),
    );
  writeFileSync(file, render(el("node", {}, ...machines.map(domain))));
  return `test://${file}`;
}

function uuidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
