/**
 * Where members of C's structures are, by the rules of both machines that have
 * native ports (System V's for x86-64; AAPCS64 for arm64), against where our code
 * writes them. Compilers for both agree with the tables.
 *
 * @module
 */
import assert from "node:assert/strict";
import { writeAddress } from "./endpoint_slots.ts";
import { Errno, Linux, openLibc } from "./libc.ts";
import { MessageBlock } from "./message_block.ts";
import { CONTROL_LENGTH, CONTROL_SPACE } from "./message_sender.ts";
import { NativeMemory } from "./native_memory.ts";

/** The size of each type, which is its alignment as well. */
type Abi = Readonly<Record<"short" | "int" | "long" | "pointer", number>>;

const ABIS: Readonly<Record<string, Abi>> = {
  x86_64: { short: 2, int: 4, long: 8, pointer: 8 },
  aarch64: { short: 2, int: 4, long: 8, pointer: 8 },
};

/** Members in order. `size_t` is a `long` on both. */
type Members = Readonly<Record<string, keyof Abi>>;

const MSGHDR: Members = {
  name: "pointer",
  nameBytes: "int",
  vector: "pointer",
  vectorCount: "long",
  control: "pointer",
  controlBytes: "long",
  flags: "int",
};
const IOVEC: Members = { base: "pointer", bytes: "long" };
const CMSGHDR: Members = { bytes: "long", level: "int", type: "int" };

/** Opened outside of any test: it stays open. */
const libc = Deno.build.os === "linux" ? openLibc() : undefined;

/** Where each member is, and the size of all. */
function layOut(members: Members, abi: Abi) {
  const offsets: Record<string, number> = {};
  let end = 0;
  let alignment = 1;
  for (const [name, type] of Object.entries(members)) {
    const size = abi[type];
    offsets[name] = align(end, size);
    end = offsets[name] + size;
    alignment = Math.max(alignment, size);
  }
  return { offsets, bytes: align(end, alignment), alignment };
}

function align(at: number, alignment: number): number {
  return Math.ceil(at / alignment) * alignment;
}

/** The numbers of `<asm-generic>`'s headers, which both machines take unchanged. */
const GENERIC = {
  linux: {
    AF_INET: 2,
    AF_INET6: 10,
    SOCK_DGRAM: 2,
    SOL_SOCKET: 1,
    SO_TYPE: 3,
    SO_SNDBUF: 7,
    SO_RCVBUF: 8,
    SO_SNDBUFFORCE: 32,
    SO_RCVBUFFORCE: 33,
    SOL_UDP: 17,
    UDP_SEGMENT: 103,
    MSG_DONTWAIT: 0x40,
  },
  errno: { EINTR: 4, EAGAIN: 11 },
};

Deno.test("constants of Linux are those of both machines", () => {
  assert.deepEqual(Linux, GENERIC.linux);
  assert.deepEqual(Errno, GENERIC.errno);
});

for (const [arch, abi] of Object.entries(ABIS)) {
  Deno.test(`control messages are laid out as on ${arch}`, () => {
    const header = layOut(CMSGHDR, abi);
    assert.deepEqual(header.offsets, { bytes: 0, level: 8, type: 12 });
    assert.equal(CONTROL_LENGTH, header.bytes + abi.short);
    assert.equal(CONTROL_SPACE, header.bytes + align(abi.short, abi.long));
  });

  Deno.test(`addresses are laid out as on ${arch}`, () => {
    const bytes = new Uint8Array(32);
    writeAddress(bytes, 0, Linux.AF_INET, Uint8Array.of(1, 2, 3, 4), 0x5678);
    const family = abi.short;
    assert.equal(bytes[0], Linux.AF_INET);
    assert.deepEqual([...bytes.subarray(family, family + 6)], [
      ...[0x56, 0x78],
      ...[1, 2, 3, 4],
    ]);
    const address = new Uint8Array(16).map((_, i) => i + 1);
    writeAddress(bytes, 0, Linux.AF_INET6, address, 0x5678);
    assert.equal(bytes[0], Linux.AF_INET6);
    // Family, port, flow: then the address.
    const at = align(2 * abi.short, abi.int) + abi.int;
    assert.deepEqual(bytes.subarray(at, at + 16), address);
  });

  if (libc === undefined) continue;

  Deno.test(`messages are laid out as on ${arch}`, () => {
    const header = layOut(MSGHDR, abi);
    // `struct mmsghdr`: that, and how many bytes went.
    const transferred = header.bytes;
    const messageBytes = align(transferred + abi.int, header.alignment);
    const vector = layOut(IOVEC, abi);
    assert.equal(
      MessageBlock.memoryBytes(3, 5),
      3 * messageBytes + 5 * vector.bytes,
    );

    const memory = new NativeMemory(libc, 4_096);
    const block = new MessageBlock(memory, 2, 2);
    const start = Number(block.address(1)) - memory.base;
    assert.equal(block.address(1) - block.address(0), BigInt(messageBytes));
    const { offsets } = header;
    const wordAt = (member: string) => start + offsets[member]!;
    block.setName(1, 1_024, 28);
    assert.equal(pointerAt(memory, wordAt("name")), memory.base + 1_024);
    assert.equal(memory.u32(wordAt("nameBytes")), 28);
    block.setVectors(1, 1, 1);
    assert.equal(pointerAt(memory, wordAt("vectorCount")), 1);
    block.setControl(1, 2_048, 24);
    assert.equal(pointerAt(memory, wordAt("control")), memory.base + 2_048);
    assert.equal(pointerAt(memory, wordAt("controlBytes")), 24);
    memory.setU32(start + transferred, 77);
    assert.equal(block.transferred(1), 77);

    block.setVector(1, 3_072, 1_200);
    const vectorAt = pointerAt(memory, wordAt("vector")) - memory.base;
    const [base, bytes] = [vector.offsets.base!, vector.offsets.bytes!];
    assert.equal(pointerAt(memory, vectorAt + base), memory.base + 3_072);
    assert.equal(pointerAt(memory, vectorAt + bytes), 1_200);
  });
}

/** 64 bits, as a number. */
function pointerAt(memory: NativeMemory, offset: number): number {
  return memory.u32(offset) + memory.u32(offset + 4) * 0x1_0000_0000;
}
