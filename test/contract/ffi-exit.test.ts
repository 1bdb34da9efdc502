import { spawn } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";

const INDEX = new URL("../../ffi/index.ts", import.meta.url).href;
const CLIENT = `
  import { connect } from ${JSON.stringify(INDEX)};
  const uri = process.argv[1];
`;
const OPEN = `${CLIENT}
  const client = await connect({ uri, events: true });
  await client.events(() => undefined);
  const [machine] = await client.call("domain.list", {});
`;

type Ending = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly ms: number;
  readonly stderr: string;
};

function run(script: string, uri = "test:///default"): Promise<Ending> {
  const started = performance.now();
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, uri], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const hang = setTimeout(() => child.kill("SIGKILL"), 15_000);
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(hang);
      resolve({ code, signal, ms: performance.now() - started, stderr });
    });
  });
}

describe("a process that has a client", () => {
  it("ends by itself after close, with nothing on stderr", async () => {
    expect(await run(`${OPEN} await client.close(); process.exitCode = 7;`)).toMatchObject({ code: 7, stderr: "" });
  });

  it("ends by itself when nobody closed a client that only makes calls", async () => {
    const script = `${CLIENT} const client = await connect({ uri }); await client.call("domain.list", {}); process.exitCode = 7;`;
    expect(await run(script)).toMatchObject({ code: 7, stderr: "" });
  });

  it("stays for as long as somebody listens", async () => {
    const script = `${OPEN} setTimeout(() => process.exit(7), 300).unref();`;
    expect(await run(script)).toMatchObject({ code: 7, stderr: "" });
  });

  it("keeps the code of process.exit while threads and connections are open", async () => {
    expect(await run(`${OPEN} process.exit(7);`)).toMatchObject({ code: 7, stderr: "" });
  });

  it("keeps it in the middle of a stream of events", async () => {
    const script = `${OPEN}
      let seen = 0;
      await client.events(() => { if (++seen > 20) process.exit(7); });
      for (;;) {
        await client.call("domain.destroy", { uuid: machine.uuid, flags: 0 });
        await client.call("domain.start", { uuid: machine.uuid, flags: 0 });
      }`;
    expect(await run(script)).toMatchObject({ code: 7, stderr: "" });
  });

  it("fails with 1 and the stack when something is thrown", async () => {
    const ending = await run(`${OPEN} setTimeout(() => { throw new Error("on purpose"); });`);
    expect(ending).toMatchObject({ code: 1, stderr: expect.stringContaining("Error: on purpose") });
  });

  it("ends with its thread when that is terminated", async () => {
    const script = `
      import { Worker } from "node:worker_threads";
      const source = \`import(\${JSON.stringify(${JSON.stringify(INDEX)})}).then(async ({ connect }) => {
        const client = await connect({ uri: "test:///default", inline: true });
        await client.events(() => undefined);
        (await import("node:worker_threads")).parentPort.postMessage("open");
      })\`;
      const worker = new Worker(source, { eval: true });
      worker.once("message", async () => { await worker.terminate(); process.exitCode = 7; });`;
    expect(await run(script)).toMatchObject({ code: 7, stderr: "" });
  });

  describe("that is inside a call which does not return", () => {
    async function stuck(ending: string): Promise<Ending> {
      const server = createServer((socket) => socket.on("error", () => undefined));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const uri = `qemu+tcp://127.0.0.1:${(server.address() as AddressInfo).port}/system`;
      try {
        return await run(`${CLIENT} connect({ uri }); setTimeout(() => { ${ending} }, 300);`, uri);
      } finally {
        server.close();
      }
    }

    it("still exits at once", async () => {
      const { code, ms } = await stuck("process.exit(7);");
      expect(code).toBe(7);
      expect(ms).toBeLessThan(5_000);
    });

    it("still tells what was thrown", async () => {
      const { code, ms, stderr } = await stuck('throw new Error("on purpose");');
      expect({ code, told: stderr.includes("Error: on purpose") }).toEqual({ code: 1, told: true });
      expect(ms).toBeLessThan(5_000);
    });
  });
});
