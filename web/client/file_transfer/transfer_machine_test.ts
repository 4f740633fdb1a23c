import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type TransferInput,
  TransferMachine,
  type TransferState,
} from "./transfer_machine.ts";

const OFFER = { kind: "offer", version: ["1"], sdp: "offer" } as const;

function sender(size: number): TransferMachine {
  const machine = new TransferMachine(true, size);
  machine.handle({ kind: "invite", name: "a.txt", mimetype: "text/plain" });
  return machine;
}

function receiver(size: number): TransferMachine {
  const machine = new TransferMachine(false, size);
  machine.handle({ kind: "invited" });
  return machine;
}

test("TransferMachine as sender invites, answers, sends, and ends when all is acknowledged", () => {
  const machine = new TransferMachine(true, 20_000);
  const invite = {
    kind: "invite",
    name: "a.txt",
    mimetype: "text/plain",
  } as const;
  assert.deepEqual(machine.handle(invite), [
    {
      kind: "send",
      message: {
        type: "invite",
        version: ["1"],
        name: "a.txt",
        size: 20_000,
        mimetype: "text/plain",
      },
    },
    { kind: "tell", state: "inviting" },
  ]);
  assert.deepEqual(machine.handle(OFFER), [
    { kind: "tell", state: "connecting" },
    { kind: "answer-peer", sdp: "offer" },
  ]);
  assert.deepEqual(machine.handle({ kind: "answered", sdp: "answer" }), [
    { kind: "send", message: { type: "answer", sdp: "answer" } },
    { kind: "tell", state: "connected" },
  ]);
  assert.deepEqual(machine.handle({ kind: "open" }), [{ kind: "pump" }]);
  machine.handle({ kind: "sent", bytes: 16_384 });
  machine.handle({ kind: "sent", bytes: 3_616 });
  assert.equal(machine.bytes, 20_000);
  assert.deepEqual(machine.handle({ kind: "text", text: "done" }), [
    { kind: "tell", state: "done" },
    { kind: "close" },
  ]);
});

test("TransferMachine as receiver offers, collects, delivers, and waits for the end", () => {
  const machine = receiver(5);
  assert.deepEqual(machine.handle({ kind: "receive" }), [
    { kind: "tell", state: "connecting" },
    { kind: "open-peer" },
  ]);
  assert.deepEqual(machine.handle({ kind: "answer", sdp: "answer" }), [
    { kind: "complete-peer", sdp: "answer" },
    { kind: "tell", state: "connected" },
  ]);
  assert.deepEqual(machine.handle({ kind: "open" }), []);
  assert.deepEqual(machine.handle({ kind: "received", bytes: 3 }), [
    { kind: "tell", state: "connected" },
  ]);
  assert.deepEqual(machine.handle({ kind: "received", bytes: 2 }), [
    { kind: "deliver" },
    { kind: "acknowledge" },
  ]);
  assert.deepEqual(machine.handle({ kind: "channel-closed" }), [
    { kind: "close" },
  ]);
  assert.equal(machine.state, "closed");
});

test("TransferMachine delivers an empty file as soon as the channel is open", () => {
  const machine = receiver(0);
  machine.handle({ kind: "receive" });
  machine.handle({ kind: "answer", sdp: "answer" });
  assert.deepEqual(machine.handle({ kind: "open" }), [
    { kind: "deliver" },
    { kind: "acknowledge" },
  ]);
});

test("TransferMachine cancels what does not fit the invitation, and says so", () => {
  const tooMuch = receiver(5);
  tooMuch.handle({ kind: "receive" });
  tooMuch.handle({ kind: "answer", sdp: "answer" });
  const [told] = tooMuch.handle({ kind: "received", bytes: 6 });
  assert.deepEqual(told, {
    kind: "send",
    message: { type: "cancel", message: "extra data at end of file" },
  });
  assert.equal(tooMuch.state, "cancelled");

  const unfinished = sender(5);
  unfinished.handle(OFFER);
  unfinished.handle({ kind: "answered", sdp: "answer" });
  unfinished.handle({ kind: "text", text: "done" });
  assert.equal(unfinished.state, "cancelled");

  const modern = sender(5);
  modern.handle({ ...OFFER, version: ["2"] });
  assert.equal(modern.state, "cancelled");

  const confused = receiver(5);
  confused.handle(OFFER); // by one who was to send
  assert.equal(confused.state, "cancelled");
});

test("TransferMachine tells nobody else of a file that the frontend refused at once", () => {
  const machine = new TransferMachine(true, 5);
  assert.deepEqual(machine.handle({ kind: "cancel", reason: "no" }), [
    { kind: "tell", state: "cancelled", reason: "no" },
    { kind: "close" },
  ]);
});

/** Any input at all, in any order. */
const anyInput: fc.Arbitrary<TransferInput> = fc.oneof(
  fc.constantFrom<TransferInput>(
    { kind: "invite", name: "a", mimetype: "" },
    { kind: "invited" },
    { kind: "receive" },
    OFFER,
    { kind: "answered", sdp: "answer" },
    { kind: "answer", sdp: "answer" },
    { kind: "open" },
    { kind: "text", text: "done" },
    { kind: "text", text: "nonsense" },
    { kind: "channel-closed" },
    { kind: "cancel", reason: "no" },
    { kind: "cancelled", reason: "no" },
    { kind: "gone", reason: "gone" },
  ),
  fc.record({
    kind: fc.constantFrom("sent" as const, "received" as const),
    bytes: fc.nat(6),
  }),
);

test("TransferMachine ends once, and delivers only what is whole, whatever comes", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.nat(3),
      fc.array(anyInput, { maxLength: 30 }),
      (up, size, inputs) => {
        const machine = new TransferMachine(up, size);
        const ended: TransferState[] = ["closed", "cancelled"];
        let closed = 0;
        let delivered = 0;
        for (const input of inputs) {
          const before = machine.state;
          const effects = machine.handle(input);
          if (ended.includes(before)) assert.deepEqual(effects, []);
          for (const { kind } of effects) {
            if (kind === "close") closed += 1;
            if (kind !== "deliver") continue;
            delivered += 1;
            assert.equal(machine.bytes, size);
          }
        }
        assert.equal(closed, ended.includes(machine.state) ? 1 : 0);
        assert(delivered <= 1);
      },
    ),
    { numRuns: 1_000 },
  );
});
