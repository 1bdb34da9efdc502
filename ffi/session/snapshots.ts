import { VirErrorNumber } from "../generated/enums.gen.ts";
import type { Handle } from "../native/types.ts";
import type { SnapshotRow } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { orIf } from "./connection.ts";
import type { HandlersOf } from "./handlers.ts";
import { withDomain } from "./objects.ts";
import { scoped, withAll } from "./scope.ts";

type Snapshot = Handle<"virDomainSnapshot">;

export const snapshotHandlers: HandlersOf<"snapshot"> = {
  "snapshot.list": (c, { uuid }) =>
    withDomain(c, { uuid }, (domain) =>
      withAll<"virDomainSnapshot", SnapshotRow[]>(
        c,
        "virDomainSnapshotFree",
        (out) => c.call("virDomainListAllSnapshots", domain, out, 0),
        (snapshots) => snapshots.map((snapshot) => readRow(c, snapshot)),
      ),
    ),
  "snapshot.create": (c, { uuid, xml, flags }) =>
    withDomain(c, { uuid }, (domain) =>
      scoped(c, (own) => {
        const snapshot = own("virDomainSnapshotFree", c.call("virDomainSnapshotCreateXML", domain, xml, flags));
        return { name: c.call("virDomainSnapshotGetName", snapshot) };
      }),
    ),
  "snapshot.revert": (c, { flags, ...ref }) =>
    withSnapshot(c, ref, (snapshot) => {
      c.call("virDomainRevertToSnapshot", snapshot, flags);
      return null;
    }),
  "snapshot.delete": (c, { flags, ...ref }) =>
    withSnapshot(c, ref, (snapshot) => {
      c.call("virDomainSnapshotDelete", snapshot, flags);
      return null;
    }),
};

function withSnapshot<T>(
  c: Connection,
  { uuid, name }: { readonly uuid: string; readonly name: string },
  work: (snapshot: Snapshot) => T,
): T {
  return withDomain(c, { uuid }, (domain) =>
    scoped(c, (own) => work(own("virDomainSnapshotFree", c.call("virDomainSnapshotLookupByName", domain, name, 0)))),
  );
}

function readRow(c: Connection, snapshot: Snapshot): SnapshotRow {
  return {
    name: c.call("virDomainSnapshotGetName", snapshot),
    parent: readParent(c, snapshot),
    current: c.call("virDomainSnapshotIsCurrent", snapshot, 0) === 1,
    xml: c.call("virDomainSnapshotGetXMLDesc", snapshot, 0),
  };
}

function readParent(c: Connection, snapshot: Snapshot): string | null {
  return scoped(c, (own) =>
    orIf(
      [VirErrorNumber.NO_DOMAIN_SNAPSHOT],
      () => {
        const parent = own("virDomainSnapshotFree", c.call("virDomainSnapshotGetParent", snapshot, 0));
        return c.call("virDomainSnapshotGetName", parent);
      },
      null,
    ),
  );
}
