/**
 * How to send and receive files with the library. Each example is a function of
 * a connection that has joined; what goes over the wire is checked.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./fake_environment.ts";
import type { ServerConnection, TransferredFile } from "./mod.ts";
import { join } from "./test_support.ts";

test("Example: send a file, show its progress, and call it off (A-69)", async () => {
  const joined = await join();
  const shown: string[] = [];

  function send(connection: ServerConnection, user: string, file: File) {
    connection.onfiletransfer = (transfer) => {
      transfer.onevent = function (state, data) {
        if (state === "connected") {
          shown.push(`${Math.round(this.datalen / this.size * 100)} %`);
        } else if (state === "cancelled") {
          shown.push(`${this.name}: ${data}`);
        } else shown.push(state);
      };
    };
    return connection.sendFile(user, file);
  }

  await joined.say({ type: "user", kind: "add", id: "b1", username: "bob" });
  const file = new File(["Hello"], "hello.txt", { type: "text/plain" });
  const transfer = send(joined.connection, "b1", file);
  const message = { type: "usermessage", kind: "filetransfer", dest: "b1" };
  const { id } = transfer;
  assert.deepEqual(joined.take(), [{
    ...message,
    value: {
      type: "invite",
      id,
      version: ["1"],
      name: "hello.txt",
      size: 5,
      mimetype: "text/plain",
    },
  }]);

  transfer.cancel("I have changed my mind");
  assert.deepEqual(joined.take(), [{
    ...message,
    value: { type: "cancel", id, message: "I have changed my mind" },
  }]);
  assert.deepEqual(shown, [
    "inviting",
    "hello.txt: I have changed my mind",
    "closed",
  ]);
});

test("Example: ask whether to receive a file, and keep it (A-69)", async () => {
  const joined = await join();
  const asked: TransferredFile[] = [];
  const saved: [string, Blob][] = [];

  function receive(connection: ServerConnection) {
    connection.fileTransferLimits = {
      maxFileBytes: 100 * 1_048_576,
      maxTransfers: 10,
      maxTransfersPerUser: 2,
    };
    connection.onfiletransfer = (transfer) => {
      if (transfer.up) return;
      transfer.onevent = function (state, data) {
        if (state === "done" && data instanceof Blob) {
          saved.push([this.name, data]);
        }
      };
      asked.push(transfer); // show it to the user, with two buttons
    };
  }

  function accept(transfer: TransferredFile) {
    transfer.receive(); // lets each learn the other's address
  }

  function reject(transfer: TransferredFile) {
    transfer.cancel("No, thank you");
  }

  receive(joined.connection);
  const message = {
    type: "usermessage",
    kind: "filetransfer",
    source: "b1",
    username: "bob",
    dest: joined.connection.id,
  };
  for (const id of ["f1", "f2"]) {
    await joined.say({
      ...message,
      value: { type: "invite", id, version: ["1"], name: "a.txt", size: 5 },
    });
  }
  const [first, second] = asked;
  assert(first && second);
  accept(first);
  reject(second);
  await settle();
  assert.deepEqual(
    joined.take().map(({ value }) => (value as { type: string }).type),
    ["cancel", "offer"],
  );

  await joined.say({
    ...message,
    value: { type: "answer", id: "f1", sdp: "answer" },
  });
  const [channel] = joined.environment.peers[0]?.channels ?? [];
  assert(channel);
  channel.open();
  channel.onmessage?.({ data: new TextEncoder().encode("Hello").buffer });
  const [[name, blob] = []] = saved;
  assert.equal(name, "a.txt");
  assert.equal(await blob?.text(), "Hello");
});
