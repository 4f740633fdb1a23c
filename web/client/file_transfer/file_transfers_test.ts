import assert from "node:assert/strict";
import { test } from "node:test";
import { join, type Joined } from "../test_support.ts";
import type { TransferredFile } from "./transferred_file.ts";

/** A client, and what its frontend saw of files. */
interface Person extends Joined {
  readonly id: string;
  readonly name: string;
  /** Transfers, in the order of `onfiletransfer`. */
  readonly files: TransferredFile[];
  /** What `onevent` told of the first, a state told twice in a row once. */
  readonly states: string[];
  /** What `onevent` brought with it. */
  readonly data: (Blob | string)[];
  readonly said: Record<string, unknown>[];
}

async function enter(name: string, firstRandom: number): Promise<Person> {
  const joined = await join(firstRandom);
  const { connection } = joined;
  const files: TransferredFile[] = [];
  const states: string[] = [];
  const data: (Blob | string)[] = [];
  connection.onfiletransfer = (file) => {
    files.push(file);
    file.onevent = (state, more) => {
      if (states.at(-1) !== state) states.push(state);
      if (more !== undefined) data.push(more);
    };
  };
  const { id } = connection;
  return { ...joined, id, name, files, states, data, said: [] };
}

/** Alice and Bob, who know of one another. */
async function meet(): Promise<{ alice: Person; bob: Person }> {
  const alice = await enter("alice", 1);
  const bob = await enter("bob", 1_000);
  for (const person of [alice, bob]) {
    for (const { id, name: username } of [alice, bob]) {
      await person.say({ type: "user", kind: "add", id, username });
    }
  }
  return { alice, bob };
}

/** The server passes on what both say, until they have nothing more to say. */
async function relay(alice: Person, bob: Person): Promise<void> {
  for (const [from, to] of [[alice, bob], [bob, alice]] as const) {
    const messages = from.take();
    if (messages.length === 0) continue;
    for (const message of messages) {
      from.said.push(message["value"] as Record<string, unknown>);
      assert.equal(message["dest"], to.id);
      await to.say({ ...message, source: from.id, username: from.name });
    }
    await relay(alice, bob);
  }
}

/** Bob's browser and Alice's find each other. */
function connect(alice: Person, bob: Person): void {
  const [ours] = bob.environment.peers;
  const [theirs] = alice.environment.peers;
  assert(ours && theirs);
  ours.meet(theirs);
}

function fileOf(size: number, name = "notes.bin"): File {
  const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251);
  return new File([bytes], name, { type: "application/x-notes" });
}

/** Waits for what takes more than promises: blobs are read elsewhere. */
async function settled(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !condition(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert(condition(), "it never comes to that");
}

/** Alice sends a file, and Bob accepts it; their browsers are still to meet. */
async function begin(
  alice: Person,
  bob: Person,
  file: File,
): Promise<{ sent: TransferredFile; received: TransferredFile }> {
  const sent = alice.connection.sendFile(bob.id, file);
  await relay(alice, bob);
  const received = bob.files.at(-1);
  assert(received);
  received.receive();
  await settled(() => bob.environment.socket.sent.length > 0);
  await relay(alice, bob);
  return { sent, received };
}

test("A file goes from one client to another, whole and in parts (A-69)", async () => {
  const { alice, bob } = await meet();
  const file = fileOf(40_000);
  const sent = alice.connection.sendFile(bob.id, file);
  assert.equal(alice.files[0], sent);
  await relay(alice, bob);
  const [{ id, ...invitation } = { id: "" }] = alice.said;
  assert.deepEqual(invitation, {
    type: "invite",
    version: ["1"],
    name: "notes.bin",
    size: 40_000,
    mimetype: "application/x-notes",
  });
  const [received] = bob.files;
  assert(received);
  const { up, name, username, userid } = received;
  assert.deepEqual({ up, name, username, userid }, {
    up: false,
    name: "notes.bin",
    username: "alice",
    userid: alice.id,
  });
  assert.equal(bob.environment.peers.length, 0); // nothing of ours is told yet

  received.receive();
  await settled(() => bob.environment.socket.sent.length > 0);
  await relay(alice, bob);
  assert.deepEqual(bob.said, [
    { type: "offer", version: ["1"], id, sdp: "offer 1" },
  ]);
  assert.deepEqual(alice.said[1], {
    type: "answer",
    id,
    sdp: "answer to offer 1",
  });
  connect(alice, bob);
  await settled(() => alice.states.at(-1) === "closed");
  await settled(() => bob.states.at(-1) === "closed");

  const course = ["connecting", "connected", "done", "closed"];
  assert.deepEqual(alice.states, ["inviting", ...course]);
  assert.deepEqual(bob.states, course);
  assert.equal(sent.datalen, 40_000);
  assert.equal(received.datalen, 40_000);
  const [blob] = bob.data;
  assert(blob instanceof Blob);
  assert.equal(blob.type, "application/x-notes");
  assert.deepEqual(await blob.bytes(), await file.bytes());
  const [channel] = alice.environment.peers[0]!.channels;
  assert.equal(channel?.label, "file");
  assert.deepEqual(channel.sizes, [16_384, 16_384, 7_232]);
  for (const { connection, environment } of [alice, bob]) {
    assert.deepEqual(connection.transferredFiles, []);
    assert(environment.peers.every(({ closed }) => closed));
  }
});

test("An empty file arrives", async () => {
  const { alice, bob } = await meet();
  await begin(alice, bob, fileOf(0));
  connect(alice, bob);
  await settled(() => alice.states.at(-1) === "closed");
  const [blob] = bob.data;
  assert(blob instanceof Blob && blob.size === 0);
});

test("Candidates go both ways, and the end of them is no harm (A-69)", async () => {
  const { alice, bob } = await meet();
  alice.connection.sendFile(bob.id, fileOf(1));
  await relay(alice, bob);
  const [file] = bob.files;
  file!.receive();
  const [peer] = bob.environment.peers;
  peer!.gather("early"); // before the offer is sent, and told after it
  await settled(() => bob.environment.socket.sent.length > 1);
  await relay(alice, bob);
  assert.deepEqual(bob.said.map(({ type }) => type), ["offer", "ice"]);
  const [theirs] = alice.environment.peers;
  assert.deepEqual(theirs!.candidates, [{ candidate: "early", after: 1 }]);
  await bob.say({
    type: "usermessage",
    kind: "filetransfer",
    source: alice.id,
    dest: bob.id,
    value: { type: "ice", id: file!.id, candidate: null },
  });
  assert.equal(file!.state, "connected");
});

test("A candidate that comes before the offer is kept for it", async () => {
  const { alice, bob } = await meet();
  const { id } = alice.connection.sendFile(bob.id, fileOf(1));
  const message = {
    type: "usermessage",
    kind: "filetransfer",
    source: bob.id,
    dest: alice.id,
  };
  const candidate = { candidate: "early", sdpMid: "0" };
  await alice.say({ ...message, value: { type: "ice", id, candidate } });
  const offer = { type: "offer", id, version: ["1"], sdp: "offer" };
  await alice.say({ ...message, value: offer });
  const [peer] = alice.environment.peers;
  assert.deepEqual(peer?.candidates, [{ candidate: "early", after: 1 }]);
});

test("Either side can call a transfer off, and the other learns why", async () => {
  const { alice, bob } = await meet();
  alice.connection.sendFile(bob.id, fileOf(10));
  await relay(alice, bob);
  bob.files[0]!.cancel("not now");
  bob.files[0]!.cancel("twice");
  await relay(alice, bob);
  assert.deepEqual(alice.states, ["inviting", "cancelled", "closed"]);
  assert.deepEqual(alice.data, ["not now"]);
  assert.equal(bob.said.length, 1);

  const { sent } = await begin(alice, bob, fileOf(10));
  sent.cancel(new Error("the wrong file"));
  await relay(alice, bob);
  assert.deepEqual(bob.data, ["not now", "the wrong file"]);
  assert.equal(bob.states.at(-1), "closed");
  assert(bob.environment.peers.every(({ closed }) => closed));
});

test("Whoever calls a transfer off, the reason counts, though the channel ends first", async () => {
  const { alice, bob } = await meet();
  const { sent, received } = await begin(alice, bob, fileOf(1_000_000));
  connect(alice, bob);
  const [channel] = alice.environment.peers[0]!.channels;
  received.cancel("that is enough");
  await settled(() => channel!.readyState === "closed");
  assert.equal(sent.state, "connected"); // the word why is still under way
  await relay(alice, bob);
  assert.deepEqual(alice.data, ["that is enough"]);
  assert.equal(alice.environment.timers, bob.environment.timers);
});

test("A channel that ends without a word ends the transfer", async () => {
  const { alice, bob } = await meet();
  await begin(alice, bob, fileOf(1_000_000));
  connect(alice, bob);
  alice.environment.peers[0]!.channels[0]!.close();
  await alice.environment.pass(1_000);
  assert.deepEqual(alice.data, ["remote peer closed connection"]);
  assert.equal(alice.states.at(-1), "closed");
});

test("A transfer ends when the other leaves, or the connection does", async () => {
  const { alice, bob } = await meet();
  alice.connection.sendFile(bob.id, fileOf(10));
  await relay(alice, bob);
  await alice.say({
    type: "user",
    kind: "delete",
    id: bob.id,
    username: "bob",
  });
  assert.deepEqual(alice.data, ["user has gone away"]);
  assert.deepEqual(alice.take(), []);

  bob.environment.socket.drop(1006, "");
  assert.deepEqual(bob.data, ["connection is closed"]);
  assert.deepEqual(bob.connection.transferredFiles, []);
});

test("What is beyond the limits is refused before anybody is asked", async () => {
  const { alice, bob } = await meet();
  const limits = { maxFileBytes: 10, maxTransfers: 3, maxTransfersPerUser: 2 };
  bob.connection.fileTransferLimits = limits;
  const sizes = [11, 10, 10, 10];
  for (const size of sizes) alice.connection.sendFile(bob.id, fileOf(size));
  await relay(alice, bob);
  assert.deepEqual(bob.files.map(({ size }) => size), [10, 10]);
  assert.deepEqual(alice.data, [
    "The file is too large: at most 10 bytes are accepted",
    "Too many file transfers with one user",
  ]);

  for (const source of ["carol", "dave"]) {
    await bob.say({
      type: "usermessage",
      kind: "filetransfer",
      source,
      dest: bob.id,
      value: { type: "invite", id: "1", version: ["1"], name: "x", size: 1 },
    });
  }
  assert.deepEqual(bob.files.map(({ userid }) => userid), [
    alice.id,
    alice.id,
    "carol",
  ]);
  assert.throws(() => {
    for (;;) alice.connection.sendFile(bob.id, fileOf(1));
  }, /Cannot send "notes.bin": Too many file transfers with one user/);
});

test("A file can be sent only to somebody else who is there", async () => {
  const { alice } = await meet();
  for (const nobody of [alice.id, "nobody"]) {
    assert.throws(
      () => alice.connection.sendFile(nobody, fileOf(1)),
      TypeError,
    );
  }
  assert.deepEqual(alice.files, []);
});

test("A frontend without the callback refuses, one whose callback fails does too", async () => {
  const { alice, bob } = await meet();
  bob.connection.onfiletransfer = null;
  alice.connection.sendFile(bob.id, fileOf(1));
  await relay(alice, bob);
  assert.deepEqual(alice.data, [
    "this client does not implement file transfer",
  ]);

  const failures: unknown[] = [];
  bob.connection.onerror = (error) => failures.push(error);
  bob.connection.onfiletransfer = () => {
    throw new Error("no room");
  };
  alice.connection.sendFile(bob.id, fileOf(1));
  await relay(alice, bob);
  assert.equal(alice.data.at(-1), "no room");
  assert.equal(failures.length, 1);
  assert.deepEqual(bob.connection.transferredFiles, []);
});

test("A callback that fails does not keep a transfer from its end", async () => {
  const { alice, bob } = await meet();
  const failures: unknown[] = [];
  alice.connection.onerror = (error) => failures.push(error);
  const sent = alice.connection.sendFile(bob.id, fileOf(1));
  sent.onevent = () => {
    throw new Error("a bug of the frontend's");
  };
  sent.cancel();
  assert.deepEqual(alice.connection.transferredFiles, []);
  assert.equal(failures.length, 2); // cancelled, closed
});

test("Who is not part of a transfer cannot touch it, and nonsense does nothing", async () => {
  const { alice, bob } = await meet();
  const sent = alice.connection.sendFile(bob.id, fileOf(1));
  alice.take();
  const values = [
    { source: "mallory", value: { type: "cancel", id: sent.id } },
    { source: "mallory", value: { type: "offer", id: sent.id, sdp: "" } },
    { source: bob.id, value: { type: "reject", id: sent.id } },
    { source: bob.id, value: { type: "cancel", id: 5 } },
    { source: bob.id, value: { type: "answer", id: "another", sdp: "" } },
    { source: bob.id, value: "cancel" },
  ];
  for (const message of values) {
    await alice.say({
      type: "usermessage",
      kind: "filetransfer",
      dest: alice.id,
      ...message,
    });
  }
  assert.equal(sent.state, "inviting");
  assert.deepEqual(alice.take(), []);
});

test("An invitation by an unknown version is refused (A-69)", async () => {
  const { bob } = await meet();
  await bob.say({
    type: "usermessage",
    kind: "filetransfer",
    source: "carol",
    dest: bob.id,
    value: { type: "invite", id: "1", version: ["9"], name: "x", size: 1 },
  });
  const [refusal] = bob.take();
  assert.deepEqual(bob.files, []);
  assert.deepEqual(refusal, {
    type: "usermessage",
    kind: "filetransfer",
    dest: "carol",
    value: {
      type: "cancel",
      id: "1",
      message:
        "Unknown protocol version 9; perhaps you need to upgrade your client?",
    },
  });
});
