import { expect, it } from "vitest";
import { liveForwards } from "../../../src/host/live-forwards.ts";

/** As QEMU 7.2 prints it. */
const TABLE = `Hub -1 (hutchnet0):
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
  TCP[ESTABLISHED]   31       127.0.0.1 20022       10.0.2.15    22     0     0
  TCP[HOST_FORWARD]  17       127.0.0.1 20022       10.0.2.15    22     0     0
  UDP[HOST_FORWARD]  19               *  5353       10.0.2.15    53     0     0
`;

it("reads which ports QEMU forwards, and no open connections", () => {
  expect(liveForwards(TABLE)).toEqual([
    { protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 20_022, guestPort: 22 },
    { protocol: "udp", hostAddress: "0.0.0.0", hostPort: 5353, guestPort: 53 },
  ]);
});
