/** Takes connections and never says a word: whoever connects waits inside libvirt. */
import { type AddressInfo, createServer, type Socket } from "node:net";

export type MuteServer = { readonly uri: string } & Disposable;

export async function startMuteServer(): Promise<MuteServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    uri: `qemu+tcp://127.0.0.1:${(server.address() as AddressInfo).port}/system`,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
