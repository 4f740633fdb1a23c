import assert from "node:assert/strict";

import type { ClientMessage } from "../protocol/client_message.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import type { Connection, ConnectionHandle } from "./ports.ts";
import { type Presence, watchPresence } from "./presence.ts";

/** A client of a port that does what the test says. */
interface Client {
  readonly handle: ConnectionHandle;
  /** The server's side of it. */
  readonly server: Connection;
  readonly seen: unknown[];
}

function openFixture(): { presence: Presence; connect(id: string): Client } {
  const servers: Connection[] = [];
  const presence = watchPresence({
    open(connection) {
      servers.push(connection);
      return { receive() {}, faulted() {}, closed() {} };
    },
  });
  return {
    presence,
    connect(id) {
      const seen: unknown[] = [];
      const handle = presence.port.open({
        address: "203.0.113.7:1",
        send: (message) => seen.push(message.type),
        disconnect: (code) => seen.push(code),
      });
      const server = servers.at(-1);
      assert.ok(server);
      const handshake = { type: "handshake", version: ["2"], id };
      handle.receive(handshake as unknown as ClientMessage);
      return { handle, server, seen };
    },
  };
}

function joined(kind: string, group: string): ServerMessage {
  return { type: "joined", kind, group } as unknown as ServerMessage;
}

Deno.test("Presence follows who joins, leaves and goes, and passes everything on", () => {
  const { presence, connect } = openFixture();
  const [ann, bob, eve] = [connect("ann"), connect("bob"), connect("eve")];
  assert.deepEqual(presence.groups(), []);

  bob.server.send(joined("join", "maths"));
  ann.server.send(joined("join", "maths"));
  eve.server.send(joined("fail", "maths"));
  assert.deepEqual(presence.groups(), [
    { name: "maths", clients: [{ id: "ann" }, { id: "bob" }] },
  ]);
  ann.server.send(joined("change", "maths"));
  ann.server.send(joined("leave", "maths"));
  ann.server.send(joined("join", "art"));
  assert.deepEqual(presence.groups(), [
    { name: "art", clients: [{ id: "ann" }] },
    { name: "maths", clients: [{ id: "bob" }] },
  ]);
  ann.server.disconnect(1000, "kicked");
  bob.handle.closed();
  assert.deepEqual(presence.groups(), []);
  assert.deepEqual(ann.seen, ["joined", "joined", "joined", "joined", 1000]);
});
