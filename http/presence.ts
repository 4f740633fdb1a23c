import type { ClientId } from "../protocol/ids.ts";
import type { Connection, SignallingPort } from "./ports.ts";

/** A group that somebody is in, in the form of Galène's statistics (B.6). */
export interface PresentGroup {
  readonly name: string;
  readonly clients: readonly { readonly id: ClientId }[];
}

/** Knows who is in which group, by listening to what is said. */
export interface Presence {
  /** To be used in place of the port that is listened to. */
  readonly port: SignallingPort;
  /** The groups that somebody is in, and who, sorted. */
  groups(): readonly PresentGroup[];
}

interface Entry {
  id: ClientId | undefined;
  group: string | undefined;
}

/** Stands between the clients and a port, and changes nothing. */
export function watchPresence(inner: SignallingPort): Presence {
  const entries = new Set<Entry>();
  return {
    port: {
      open(connection) {
        const entry: Entry = { id: undefined, group: undefined };
        entries.add(entry);
        const handle = inner.open(
          listenIn(connection, entry, () => entries.delete(entry)),
        );
        return {
          receive(message) {
            if (message.type === "handshake") entry.id ??= message.id;
            handle.receive(message);
          },
          faulted: (error) => handle.faulted(error),
          closed() {
            entries.delete(entry);
            handle.closed();
          },
        };
      },
    },
    groups() {
      const groups = new Map<string, { id: ClientId }[]>();
      for (const { id, group } of entries) {
        if (id === undefined || group === undefined) continue;
        const clients = groups.get(group) ?? [];
        clients.push({ id });
        groups.set(group, clients);
      }
      return [...groups].sort(([a], [b]) => a < b ? -1 : 1)
        .map(([name, clients]) => ({
          name,
          clients: clients.sort((a, b) => a.id < b.id ? -1 : 1),
        }));
    },
  };
}

function listenIn(
  connection: Connection,
  entry: Entry,
  ended: () => void,
): Connection {
  return {
    ...connection,
    send(message) {
      if (message.type === "joined") {
        if (message.kind === "join") entry.group = message.group;
        else if (message.kind === "leave") entry.group = undefined;
      }
      connection.send(message);
    },
    disconnect(code, reason) {
      ended();
      connection.disconnect(code, reason);
    },
  };
}
