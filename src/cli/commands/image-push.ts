/** `image push`: an image of the store into a registry. */
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { pairs } from "../render/table.ts";

export const PLAIN_HTTP = toggle("--plain-http", "speak to the registry without TLS (loopback needs no such word)");

export const imagePush: Command = defineCommand({
  operands: [
    { syntax: "<name>", text: "an image of the store (hutch image ls)", of: "stored-image" },
    { syntax: "<address>", text: "oci://HOST[:PORT]/REPOSITORY[:TAG]" },
  ],
  flags: { plainHttp: PLAIN_HTTP },
  json: "pushed: PushResult",
  examples: ["hutch image push debian-13 oci://registry.example/disks/debian:13"],
  notes: "In the layout of KubeVirt's container disks. Logins are those of docker login and podman login.",
  run: async (cli, { plainHttp }, { operands: [name = "", address = ""] }) => {
    const { images } = await cli.hutch();
    const pushed = await follow(cli, images.push(name, address, { plainHttp }));
    await cli.print({
      data: { pushed },
      text: () =>
        pairs([
          ["Name", pushed.name],
          ["Address", pushed.reference],
          ["Manifest", pushed.manifest],
        ]),
      names: [pushed.reference],
    });
  },
});
